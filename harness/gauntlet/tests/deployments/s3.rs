//! An object store that speaks S3 (`s3rver`, from npm), with files as people upload them.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Deployment;
use crate::express::npm;
use crate::files::{Files, is_asset};
use crate::servers::{Place, Server, is_there};

/// How files are uploaded to the bucket.
pub(crate) struct Upload {
    /// The type of modules. `None` leaves it to the store, as `aws s3 cp` does for unknown endings.
    pub(crate) module_type: Option<String>,
    /// The type of the page.
    pub(crate) page_type: String,
    /// Whether the `.gz` file is uploaded under the plain name.
    pub(crate) gzipped: bool,
    /// Whether the upload sets Content-Encoding.
    pub(crate) coding_said: bool,
    /// `Cache-Control` of everything except the page.
    pub(crate) caching: Option<String>,
    /// `Cache-Control` of the page.
    pub(crate) page_caching: Option<String>,
}

impl Upload {
    /// The correct upload for a store without negotiation by Accept-Encoding.
    pub(crate) fn right() -> Self {
        Self {
            module_type: Some("application/wasm".to_owned()),
            page_type: "text/html".to_owned(),
            gzipped: true,
            coding_said: true,
            caching: Some("public, max-age=31536000, immutable".to_owned()),
            page_caching: Some("no-cache".to_owned()),
        }
    }
}

const BUCKET: &str = "site";

/// A request for a folder gets its page.
const WEBSITE: &str = "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix>\
                       </IndexDocument></WebsiteConfiguration>";

/// The bucket with the files of `site`, as `upload` sets them.
pub(crate) fn serving(site: &Path, upload: &Upload) -> Option<Vec<Server>> {
    let modules = npm("s3rver")?;
    if !is_there("curl") {
        return None;
    }
    let place = Place::new(site);
    let (folder, port) = (place.path("objects"), place.port);
    let program = format!(
        "const S3rver = require('{modules}/s3rver');\n\
         new S3rver({{ port: {port}, address: '127.0.0.1', directory: '{folder}', silent: true,\n\
           vhostBuckets: false, resetOnClose: false,\n\
           configureBuckets: [{{ name: '{BUCKET}', configs: [`{WEBSITE}`] }}] }}).run();\n"
    );
    let file = place.put("server.js", &program);
    let server = place.start(Command::new("node").arg(file));
    for entry in fs::read_dir(site).expect("the site is there").flatten() {
        if is_asset(&entry.path()) {
            put(&server, &entry.path(), upload);
        }
    }
    Some(vec![server])
}

/// Uploads one file. s3rver requires no signature.
fn put(server: &Server, file: &Path, upload: &Upload) {
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    let page = name.ends_with(".html");
    let mut fields = Vec::new();
    let kind = match name.rsplit('.').next() {
        Some("html") => Some(upload.page_type.as_str()),
        Some("js") => Some("text/javascript"),
        _ => upload.module_type.as_deref(),
    };
    fields.push(format!("Content-Type: {}", kind.unwrap_or("binary/octet-stream")));
    let gzipped = upload.gzipped && !page;
    if gzipped && upload.coding_said {
        fields.push("Content-Encoding: gzip".to_owned());
    }
    let caching = if page { &upload.page_caching } else { &upload.caching };
    fields.extend(caching.iter().map(|value| format!("Cache-Control: {value}")));
    let from = if gzipped { format!("{}.gz", file.display()) } else { file.display().to_string() };
    let mut command = Command::new("curl");
    command.args(["-sS", "--fail", "-T", &from]);
    command.args(fields.iter().flat_map(|field| ["-H", field]));
    let done = command.arg(server.url(&format!("/{BUCKET}/{name}"))).output().expect("curl runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Every deployment of this store.
pub(crate) const DEPLOYMENTS: &[Deployment] = &[
    Deployment {
        name: "gzipped by the build, with type, coding and caching",
        page: "/site/",
        files: Files::Hashed,
        start: |site| serving(site, &Upload::right()),
        incidents: &[],
    },
    Deployment {
        name: "gzipped by the build, its coding not said",
        page: "/site/",
        files: Files::Hashed,
        start: |site| serving(site, &Upload { coding_said: false, ..Upload::right() }),
        incidents: &[
            "critical delivery/double-compression",
            "critical delivery/shim-matches-binary",
        ],
    },
    Deployment {
        name: "uploaded with nothing said",
        page: "/site/",
        files: Files::Hashed,
        start: |site| {
            let upload = Upload {
                module_type: None,
                gzipped: false,
                caching: None,
                page_caching: None,
                ..Upload::right()
            };
            serving(site, &upload)
        },
        incidents: &[
            "critical delivery/entry-not-revalidated",
            "critical delivery/mime-type",
            "major delivery/uncompressed",
            "minor delivery/short-cache-hashed",
        ],
    },
];
