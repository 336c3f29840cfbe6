//! Go's net/http: one handler for each, with the lines of the playbook in their place.

use std::path::Path;

use super::policy::{ABOUT, STRICT, without_inline};
use super::{Broken, broken};
use crate::files::Files;
use crate::go::serving_program;
use crate::servers::Server;

/// The program around a handler. It defines `r`, `w`, `root`, `name` (the requested file) and
/// `hashed`. `contains` looks for a word anywhere in Accept-Encoding.
const PROGRAM: &str = r#"package main

import (
	"log"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var hashed = regexp.MustCompile(`\.[0-9a-f]{8,}\.(wasm|js)$`)

func contains(r *http.Request, word string) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), word)
}

func handler(root string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := filepath.Join(root, filepath.Clean("/"+r.URL.Path))
		isWasm := strings.HasSuffix(name, ".wasm")
		_, _, _, _ = isWasm, mime.TypeByExtension, strconv.Itoa, time.Now
		HANDLER
	}
}

func main() {
	log.Fatal(http.ListenAndServe(os.Args[1], handler(os.Args[2])))
}
"#;

fn serving(site: &Path, handler: &str) -> Option<Vec<Server>> {
    serving_program(site, &PROGRAM.replace("HANDLER", handler))
}

const FILE: &str = "http.ServeFile(w, r, name)";

/// Sends the gzip variant to a client that names gzip, after `lines`.
fn variant(condition: &str, lines: &str) -> String {
    format!(
        "if isWasm && {condition} {{\nw.Header().Set(\"Content-Type\", \"application/wasm\")\n\
         w.Header().Set(\"Content-Encoding\", \"gzip\")\n{lines}\n\
         http.ServeFile(w, r, name+\".gz\")\nreturn\n}}\n{FILE}"
    )
}

pub(super) const BROKEN: &[Broken] = &[
    broken("delivery/page-is-shown", Files::Plain, |site, fix| {
        let octets = "w.Header().Set(\"Content-Type\", \"application/octet-stream\")";
        let page = "strings.HasSuffix(r.URL.Path, \"/\")";
        serving(site, &format!("if {page} {{\n{octets}\n{fix}\n}}\n{FILE}"))
    }),
    broken("delivery/missing-vary", Files::Hashed, |site, fix| {
        serving(site, &format!("{fix}\n{}", variant("contains(r, \"gzip\")", "")))
    }),
    broken("delivery/uncompressed", Files::Hashed, |site, fix| {
        serving(site, &format!("if isWasm {{\n{fix}\n}}\n{FILE}"))
    }),
    broken("delivery/mime-type", Files::Plain, |site, fix| {
        let octets = "w.Header().Set(\"Content-Type\", \"application/octet-stream\")";
        serving(site, &format!("if isWasm {{\n{octets}\n{fix}\n}}\n{FILE}"))
    }),
    broken("delivery/entry-not-revalidated", Files::Plain, |site, fix| {
        serving(site, &format!("if strings.HasSuffix(r.URL.Path, \"/\") {{\n{fix}\n}}\n{FILE}"))
    }),
    broken("delivery/long-cache-unhashed", Files::Plain, |site, fix| {
        let year = "w.Header().Set(\"Cache-Control\", \"public, max-age=31536000, immutable\")";
        serving(site, &format!("{year}\nif !hashed.MatchString(name) {{\n{fix}\n}}\n{FILE}"))
    }),
    broken("delivery/short-cache-hashed", Files::Hashed, |site, fix| {
        serving(site, &format!("w.Header().Set(\"Cache-Control\", \"no-cache\")\n{fix}\n{FILE}"))
    }),
    broken("delivery/double-compression", Files::Hashed, |site, fix| {
        let lines = "w.Header().Set(\"Content-Type\", \"application/wasm\")";
        let sent = "http.ServeFile(w, r, name+\".br\")\nreturn";
        serving(site, &format!("if isWasm {{\n{lines}\n{fix}\n{sent}\n}}\n{FILE}"))
    }),
    broken("delivery/negotiation", Files::Hashed, |site, fix| match fix.is_empty() {
        true => serving(site, &variant("contains(r, \"gzip\")", "")),
        false => serving(site, &format!("{fix}\n{}", variant("takes", ""))),
    }),
    broken("delivery/validators", Files::Hashed, |site, fix| {
        let tag = "w.Header().Set(\"ETag\", `\"v1\"`)";
        serving(site, &format!("{tag}\n{}", variant("contains(r, \"gzip\")", fix)))
    }),
    broken("delivery/length", Files::Hashed, |site, fix| {
        let lines = "whole, _ := os.Stat(name)\nbytes, _ := os.ReadFile(name + \".gz\")\n\
                     w.Header().Set(\"Content-Length\", strconv.Itoa(int(whole.Size())))";
        let written = "w.Write(bytes)\nreturn";
        let lines = format!("{lines}\n{fix}\n{written}");
        serving(site, &variant("contains(r, \"gzip\")", &lines))
    }),
    broken("delivery/head-and-range", Files::Hashed, |site, fix| {
        let begin = "modified := time.Now().Add(-time.Hour)\nfile, err := os.Open(name)\n\
                     if err != nil || !isWasm {\nhttp.ServeFile(w, r, name)\nreturn\n}\n\
                     defer file.Close()\n_ = modified";
        let wrong = "if r.Method == \"HEAD\" {\nhttp.Error(w, \"\", http.StatusMethodNotAllowed)\n\
                     return\n}\nfile.WriteTo(w)";
        serving(site, &format!("{begin}\n{}", super::instead(fix, wrong)))
    }),
    broken("delivery/missing-is-404", Files::Plain, |site, fix| {
        let page = "if _, err := os.Stat(name); err != nil {";
        let sent = "http.ServeFile(w, r, filepath.Join(root, \"/\"))\nreturn\n}";
        serving(site, &format!("{page}\n{fix}\n{sent}\n{FILE}"))
    }),
    broken("delivery/cross-origin", Files::Plain, |site, fix| {
        serving(site, &format!("{fix}\n{FILE}"))
    }),
    broken(ABOUT, Files::Plain, |site, fix| {
        let strict = format!("w.Header().Set(\"Content-Security-Policy\", \"{STRICT}\")");
        let lines = if fix.is_empty() { &strict } else { fix };
        serving(without_inline(site), &format!("{lines}\n{FILE}"))
    }),
];
