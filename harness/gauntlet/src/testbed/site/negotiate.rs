//! Proactive negotiation of the content coding (RFC 9110 §12.5.3), for any number of field lines,
//! any weights and any invalid text.

use wasm_gauntlet_web::coding::Layer;

/// Most members that are read. Real clients send five. The rest is not offered.
const MEMBERS_MAX: usize = 32;

/// The weight 1, in thousandths: a weight has at most three decimals (§12.4.2).
const WEIGHT_ONE: u16 = 1000;

/// What a client accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offer {
    /// Lower-case coding and weight in thousandths; the first of equal codings counts.
    members: Vec<(String, u16)>,
}

impl Offer {
    /// Read the field lines; `None` means that the client sent no such field.
    ///
    /// A member that does not parse offers nothing.
    pub(super) fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut members: Vec<(String, u16)> = Vec::new();
        for member in lines.flat_map(|line| line.split(',')).take(MEMBERS_MAX) {
            if let Some((coding, weight)) = read_member(member)
                && !members.iter().any(|(known, _)| *known == coding)
            {
                members.push((coding, weight));
            }
        }
        Self { members }
    }

    /// Weight of a coding, by its own name or by `*`.
    fn weight(&self, coding: &str) -> Option<u16> {
        let of = |name: &str| self.members.iter().find(|(known, _)| known == name);
        of(coding).or_else(|| of("*")).map(|(_, weight)| *weight)
    }

    /// The best of br, gzip and identity for the client, in this order if the weights are equal;
    /// `Err` if all three are refused.
    ///
    /// Identity without a weight is acceptable, but never preferred to a coding with one.
    pub(super) fn choose(&self) -> Result<Option<Layer>, Refused> {
        let identity = self.weight("identity");
        let coded =
            [Layer::Br, Layer::Gzip].map(|layer| (self.weight(layer.word()).unwrap_or(0), layer));
        // `max_by_key` gives the last of equals, so the favourite comes last.
        let best = coded.into_iter().rev().max_by_key(|(weight, _)| *weight);
        match (best, identity) {
            (Some((weight, layer)), _) if weight > 0 && weight >= identity.unwrap_or(0) => {
                Ok(Some(layer))
            }
            (_, Some(0)) => Err(Refused),
            _ => Ok(None),
        }
    }
}

/// The fault of searching for the names of codings in the whole field: weights are not read, and
/// any word that contains `br` counts as `br`.
pub(super) fn choose_by_substring<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Layer> {
    let field = lines.collect::<Vec<_>>().join(", ").to_ascii_lowercase();
    [Layer::Br, Layer::Gzip].into_iter().find(|layer| field.contains(layer.word()))
}

/// The client refuses every coding, identity too. Then the answer is 406, because §12.5.3 exempts
/// this case from its advice to send identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused;

fn read_member(member: &str) -> Option<(String, u16)> {
    let (coding, parameters) = member.split_once(';').unwrap_or((member, "q=1"));
    let coding = coding.trim_matches([' ', '\t']).to_ascii_lowercase();
    let (name, weight) = parameters.trim_matches([' ', '\t']).split_once('=')?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if coding.is_empty() || !coding.bytes().all(is_token) || !name.eq_ignore_ascii_case("q") {
        return None;
    }
    let coding = if coding == "x-gzip" { "gzip".to_owned() } else { coding };
    Some((coding, read_weight(weight)?))
}

/// `0` or `1` with at most three decimals, at most 1.
fn read_weight(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(WEIGHT_ONE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_9110_by_a_table() {
        let (br, gzip, identity) = (Ok(Some(Layer::Br)), Ok(Some(Layer::Gzip)), Ok(None));
        type Row = (&'static [&'static str], Result<Option<Layer>, Refused>);
        let table: &[Row] = &[
            (&[], identity),
            (&[""], identity),
            (&["br"], br),
            (&["BR"], br),
            (&["gzip, br"], br),
            (&["gzip", "br"], br),
            (&["x-gzip"], gzip),
            (&["br;q=0"], identity),
            (&["br;q=0, gzip"], gzip),
            (&["gzip;q=0, br"], br),
            (&["br;q=0.5, gzip;q=0.8"], gzip),
            (&["br;q=0.001"], br),
            (&["br; Q=0.5 , gzip ; q=0.400"], br),
            (&["*"], br),
            (&["*, br;q=0"], gzip),
            (&["*;q=0"], Err(Refused)),
            (&["*;q=0, identity"], identity),
            (&["*;q=0, gzip"], gzip),
            (&["identity;q=0"], Err(Refused)),
            (&["identity;q=0, gzip"], gzip),
            (&["identity;q=0, br;q=0, *"], gzip),
            (&["identity, br;q=0.9"], identity),
            (&["identity;q=0.5, br;q=0.9"], br),
            (&["brotli"], identity),
            (&["xbr, abrupt"], identity),
            (&["deflate, zstd"], identity),
            (&["br;q=2"], identity),
            (&["br;q=x, gzip"], gzip),
            (&["br;q=1.000"], br),
            (&["br;q=0.0000"], identity),
            (&[",, ,br,"], br),
        ];
        for (lines, expected) in table {
            assert_eq!(Offer::read(lines.iter().copied()).choose(), *expected, "{lines:?}");
        }
    }
}
