//! The command beside each field: what of an exchange, or of a file, shows the field again.
//!
//! There is no default. An observation's field without a line here does not compile, so whoever
//! adds a field decides how a person sees it.

use wasm_gauntlet_model::observation::{Exchange, Inspection};

use super::reproduce::CommandView::{
    self, Bytes, Digest, Fields, Imports, Module, Ratio, Sections, Size, Text, Version,
};

/// What shows a field of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExchangeCommand {
    /// One view.
    View(CommandView),
    /// One view where `Content-Encoding` declares a coding, another where it declares none.
    ByCoding { declared: CommandView, none: CommandView },
    /// This view of an answer to GET, the header fields of one to HEAD.
    OfGet(CommandView),
    /// The policies that the page holds itself, where it holds any; else the header fields.
    PagePolicies,
    /// The digest of a part beside that of the same part of the whole.
    PartOfWhole,
    /// The digest of a resumed download beside that of the whole.
    ResumedDownload,
}

/// What shows a field of a file that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileCommand {
    /// One view of the file.
    View(CommandView),
    /// The imports of the module, and how often each script says the first that is undefined.
    ImportsInScripts,
    /// The imports of the module, and the namespaces that each script defines.
    NamespacesOfScripts,
    /// The header fields of the module and of each script.
    FieldsOfAll,
    /// How often the first path of the machine that built it stands in the module.
    BuildPaths,
}

use ExchangeCommand::{ByCoding, OfGet, PagePolicies, PartOfWhole, ResumedDownload};
use FileCommand::{BuildPaths, FieldsOfAll, ImportsInScripts, NamespacesOfScripts};

/// Declares the commands of one kind of observation, and the way to them by a field's name.
macro_rules! commands {
    ($(#[doc = $doc:literal])+ $find:ident: $kind:ident => $command:ident {
        $($field:ident: $shown:expr,)+
    }) => {
        // Names every field, and nothing else: one that is missing above is an error of the
        // compiler.
        const _: fn($kind) = |$kind { $($field: _),+ }| ();

        $(#[doc = $doc])+
        pub(super) fn $find(field: &str) -> Option<$command> {
            const LINES: &[(&str, $command)] = &[$((stringify!($field), $shown)),+];
            let is = |name: &str| {
                let dashed = name.bytes().map(|byte| if byte == b'_' { b'-' } else { byte });
                field.bytes().eq(dashed)
            };
            LINES.iter().find(|(name, _)| is(name)).map(|(_, command)| *command)
        }
    };
}

const FIELDS: ExchangeCommand = ExchangeCommand::View(Fields);
const SIZE: ExchangeCommand = ExchangeCommand::View(Size);
const DIGEST: ExchangeCommand = ExchangeCommand::View(Digest);
const MODULE: ExchangeCommand = ExchangeCommand::View(Module);

commands! {
    /// What shows `field` of an exchange; none if an exchange has no such field.
    of_exchange: Exchange => ExchangeCommand {
        status: FIELDS,
        no_answer: FIELDS,
        length_unusable: FIELDS,
        unasked_part: FIELDS,
        redirects: FIELDS,
        redirect_stopped: FIELDS,
        content_type: FIELDS,
        content_type_lines: FIELDS,
        media_type: FIELDS,
        content_encoding: FIELDS,
        vary: FIELDS,
        etag: FIELDS,
        last_modified: FIELDS,
        cache_control: FIELDS,
        fresh_s: FIELDS,
        revalidated: FIELDS,
        stale_for: FIELDS,
        page_guessed: FIELDS,
        name_hashed: FIELDS,
        name_doubtful: FIELDS,
        wire_bytes: SIZE,
        raw_bytes: FIELDS,
        wire_ratio: ExchangeCommand::View(Ratio),
        wire_over_recompressed: ExchangeCommand::View(Ratio),
        unreadable: FIELDS,
        layers: ByCoding { declared: Bytes, none: Size },
        layers_match: ExchangeCommand::View(Bytes),
        codings: FIELDS,
        coding_not_offered: ByCoding { declared: Fields, none: Bytes },
        content: ExchangeCommand::View(Text),
        module_valid: MODULE,
        module_error: MODULE,
        module_mangled: MODULE,
        raw_sha256: DIGEST,
        wire_sha256: DIGEST,
        content_length: OfGet(Size),
        cache_hit: FIELDS,
        shared_cache: FIELDS,
        lost_3g_s: SIZE,
        wall_ms: FIELDS,
        software: FIELDS,
        refuses_identity: FIELDS,
        offer_sent_by: FIELDS,
        length_fits: SIZE,
        etag_weak: FIELDS,
        etag_tag: FIELDS,
        fields_changed: FIELDS,
        fields_lost: FIELDS,
        fields_added: FIELDS,
        part_right: PartOfWhole,
        resumable: FIELDS,
        resumed_right: ResumedDownload,
        cross_origin: FIELDS,
        cors_allows: FIELDS,
        allow_origin: FIELDS,
        csp_allows_fetch: PagePolicies,
        csp_allows_wasm: PagePolicies,
        csp_allows_inline: PagePolicies,
        csp: FIELDS,
        csp_blocks_script: PagePolicies,
        csp_blocks_worker: PagePolicies,
        script_without_corp: FIELDS,
        worker_without_coep: FIELDS,
        worker_elsewhere: FIELDS,
        isolation_ignored: FIELDS,
        isolated: FIELDS,
        nosniff: FIELDS,
        type_is_script: FIELDS,
        script_refused: FIELDS,
        type_is_page: FIELDS,
        shared_memory: FIELDS,
        protocol: ExchangeCommand::View(Version),
        tls: FIELDS,
        keeps_alive: FIELDS,
        first_byte_ms: FIELDS,
        bytes_per_s: FIELDS,
        length_and_transfer_coding: FIELDS,
        dictionary: FIELDS,
        wire_budget: FIELDS,
        over_wire_budget: FIELDS,
    }
}

const FILE_FIELDS: FileCommand = FileCommand::View(Fields);
const FILE_DIGEST: FileCommand = FileCommand::View(Digest);
const FILE_SECTIONS: FileCommand = FileCommand::View(Sections);

commands! {
    /// What shows `field` of a file that was read; none if an inspection has no such field.
    of_file: Inspection => FileCommand {
        module_readable: FILE_FIELDS,
        no_module: FILE_FIELDS,
        content: FILE_FIELDS,
        sha256: FILE_DIGEST,
        raw_bytes: FILE_FIELDS,
        flavour: FileCommand::View(Imports),
        toolchain: FILE_FIELDS,
        go_minor: FILE_FIELDS,
        floor: FILE_FIELDS,
        import_namespaces: FileCommand::View(Imports),
        exports_missing: FILE_FIELDS,
        custom_bytes: FILE_SECTIONS,
        debug_bytes: FILE_SECTIONS,
        name_bytes: FILE_SECTIONS,
        build_paths: BuildPaths,
        build_path_count: BuildPaths,
        build_path_bytes: BuildPaths,
        build_id: FILE_FIELDS,
        unidentified: FILE_FIELDS,
        name_hashed: FILE_FIELDS,
        name_carries_hash: FILE_FIELDS,
        hash_scheme: FILE_DIGEST,
        scheme_beside: FILE_FIELDS,
        name_digest: FILE_FIELDS,
        name_digest_right: FILE_DIGEST,
        wire_bytes: FILE_FIELDS,
        wire_budget: FILE_FIELDS,
        over_wire_budget: FILE_FIELDS,
        raw_budget: FILE_FIELDS,
        over_raw_budget: FILE_FIELDS,
        glue: FILE_FIELDS,
        glue_hashed: FieldsOfAll,
        namespaces_undefined: NamespacesOfScripts,
        imports_undefined: ImportsInScripts,
        glue_lacks: ImportsInScripts,
        module_lacks: ImportsInScripts,
        imported_as_script: FILE_FIELDS,
        scripts_wrong: FILE_FIELDS,
        namespaces_nowhere: FILE_FIELDS,
        shim_missing: NamespacesOfScripts,
        shim_late: FILE_FIELDS,
        shim_unloaded: FILE_FIELDS,
        scripts_broken: FILE_FIELDS,
        integrity_wrong: FILE_DIGEST,
        shim_releases: FILE_FIELDS,
        shim_release_fits: NamespacesOfScripts,
        ran: FILE_FIELDS,
        destination: FILE_FIELDS,
        siblings: FILE_FIELDS,
        siblings_wrong: FILE_FIELDS,
        siblings_missing: FILE_FIELDS,
        siblings_fat: FILE_FIELDS,
        beside_wrong: FILE_FIELDS,
        beside_missing: FILE_FIELDS,
        beside_fat: FILE_FIELDS,
        named_by_page: FILE_FIELDS,
        dangling: FILE_FIELDS,
        differs: FILE_FIELDS,
        manifest_wrong: FILE_FIELDS,
        manifest_lacks: FILE_FIELDS,
        manifest_lacks_code: FILE_FIELDS,
        manifest_unread: FILE_FIELDS,
        signature_right: FILE_FIELDS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_that_a_scenario_may_name_has_its_command() {
        for field in Exchange::FIELDS {
            assert!(of_exchange(field.name).is_some(), "{}", field.name);
        }
        for field in Inspection::FIELDS {
            assert!(of_file(field.name).is_some(), "{}", field.name);
        }
        assert_eq!((of_exchange("no-such-field"), of_file("status")), (None, None));
    }
}
