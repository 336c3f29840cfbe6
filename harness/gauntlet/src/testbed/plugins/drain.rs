//! Reads a request's body, with bounds of size and time.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes};
use tokio::time::timeout;

/// Most time from the head to the last byte of a body: 16 MiB at 10 Mbit/s take 14 s.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// A body past its bound is read up to this multiple of the bound, and dropped. A client that gets
/// its answer while it still sends would see a reset instead of the answer.
const DRAIN_FACTOR: usize = 4;

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoBody {
    /// More bytes than the bound.
    TooLarge,
    /// Not in time.
    TooSlow,
    /// The client went away.
    Broken,
}

/// The body, of at most `max` bytes.
pub(crate) async fn body<B>(mut from: B, max: usize) -> Result<Vec<u8>, NoBody>
where
    B: Body<Data = Bytes> + Unpin,
{
    let read = async {
        let (mut kept, mut seen) = (Vec::new(), 0_usize);
        while let Some(frame) = from.frame().await {
            let Ok(data) = frame.map_err(|_| NoBody::Broken)?.into_data() else { continue };
            seen = seen.saturating_add(data.len());
            if seen <= max {
                kept.extend_from_slice(&data);
            } else if seen > max.saturating_mul(DRAIN_FACTOR) {
                break;
            }
        }
        if seen <= max { Ok(kept) } else { Err(NoBody::TooLarge) }
    };
    timeout(BODY_TIMEOUT, read).await.unwrap_or(Err(NoBody::TooSlow))
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    #[tokio::test]
    async fn a_body_is_taken_up_to_its_bound() {
        let full = |size: usize| Full::new(Bytes::from(vec![7; size]));
        assert_eq!(body(full(4), 4).await, Ok(vec![7; 4]));
        assert_eq!(body(full(0), 4).await, Ok(vec![]));
        assert_eq!(body(full(5), 4).await, Err(NoBody::TooLarge));
    }
}
