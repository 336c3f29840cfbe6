// A static file server on Go's net/http: `fileserver MODE ADDRESS ROOT`.
//
//	plain   http.FileServer alone, as in the package's own example
//	right   variants made by the build, chosen by Accept-Encoding, with Vary and Cache-Control
//	length  as right, but Content-Length is that of the raw file, whatever is sent
//	one-tag as right, but all variants have the ETag of the raw file, of which parts are cut
//	naive   as right, but any Accept-Encoding that contains "gzip" takes the .gz file, with no
//	        Vary, and the type is left to the sniffing of net/http
package main

import (
	"log"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

var hashed = regexp.MustCompile(`\.[0-9a-f]{16}\.(wasm|js)$`)

var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".wasm": "application/wasm",
}

// takes reports whether the header field accepts a coding: it lists the coding or "*" with a weight
// above zero.
func takes(field, coding string) bool {
	any := false
	for _, member := range strings.Split(field, ",") {
		name, parameters, _ := strings.Cut(strings.TrimSpace(member), ";")
		weight := 1.0
		if _, value, found := strings.Cut(parameters, "="); found {
			weight, _ = strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if name == coding {
			return weight > 0
		}
		any = any || name == "*" && weight > 0
	}
	return any
}

// lengths sets the length of the raw file before a handler that sends a variant of it.
func lengths(root string, next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := filepath.Join(root, filepath.Clean("/"+r.URL.Path))
		about, err := os.Stat(name)
		if err != nil || about.IsDir() || filepath.Ext(name) != ".wasm" {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(&lengthened{w, about.Size()}, r)
	}
}

// lengthened is a ResponseWriter that sends this length with every answer.
type lengthened struct {
	http.ResponseWriter
	length int64
}

func (w *lengthened) WriteHeader(status int) {
	if status == http.StatusOK {
		w.Header().Set("Content-Length", strconv.FormatInt(w.length, 10))
	}
	w.ResponseWriter.WriteHeader(status)
}

func right(root string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := filepath.Join(root, filepath.Clean("/"+r.URL.Path))
		if strings.HasSuffix(r.URL.Path, "/") {
			name = filepath.Join(name, "index.html")
		}
		kind, known := types[filepath.Ext(name)]
		if !known {
			http.NotFound(w, r)
			return
		}
		w.Header().Add("Vary", "Accept-Encoding")
		cache := "no-cache"
		if hashed.MatchString(name) {
			cache = "public, max-age=31536000, immutable"
		}
		variant := name
		field := strings.Join(r.Header.Values("Accept-Encoding"), ",")
		for _, one := range [][2]string{{"br", ".br"}, {"gzip", ".gz"}} {
			if !takes(field, one[0]) {
				continue
			}
			if _, err := os.Stat(name + one[1]); err == nil {
				variant = name + one[1]
				w.Header().Set("Content-Encoding", one[0])
				break
			}
		}
		file, err := os.Open(variant)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer file.Close()
		about, err := file.Stat()
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", cache)
		w.Header().Set("ETag", `"`+strconv.FormatInt(about.Size(), 36)+"-"+
			strconv.FormatInt(about.ModTime().UnixNano(), 36)+filepath.Ext(variant)+`"`)
		http.ServeContent(w, r, name, about.ModTime(), file)
	}
}

// oneTag gives all variants the same ETag, and serves ranges of the raw file. A server does so that
// compresses behind a handler with range support.
func oneTag(root string, next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := filepath.Join(root, filepath.Clean("/"+r.URL.Path))
		if filepath.Ext(name) != ".wasm" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("ETag", `"one"`)
		if r.Header.Get("Range") != "" {
			w.Header().Set("Vary", "Accept-Encoding")
			w.Header().Set("Content-Type", "application/wasm")
			http.ServeFile(w, r, name)
			return
		}
		next.ServeHTTP(&tagged{w, name}, r)
	}
}

// tagged is a ResponseWriter that adds the one ETag, and the length of the variant: net/http leaves
// the length out next to a Content-Encoding.
type tagged struct {
	http.ResponseWriter
	name string
}

func (w *tagged) WriteHeader(status int) {
	w.Header().Set("ETag", `"one"`)
	suffix := map[string]string{"br": ".br", "gzip": ".gz"}[w.Header().Get("Content-Encoding")]
	if about, err := os.Stat(w.name + suffix); err == nil && status == http.StatusOK {
		w.Header().Set("Content-Length", strconv.FormatInt(about.Size(), 10))
	}
	w.ResponseWriter.WriteHeader(status)
}

func naive(root string) http.HandlerFunc {
	files := http.FileServer(http.Dir(root))
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") &&
			strings.HasSuffix(r.URL.Path, ".wasm") {
			w.Header().Set("Content-Encoding", "gzip")
			http.ServeFile(w, r, filepath.Join(root, filepath.Clean(r.URL.Path)+".gz"))
			return
		}
		files.ServeHTTP(w, r)
	}
}

func main() {
	mode, address, root := os.Args[1], os.Args[2], os.Args[3]
	handlers := map[string]http.Handler{
		"plain":   http.FileServer(http.Dir(root)),
		"right":   right(root),
		"naive":   naive(root),
		"length":  lengths(root, right(root)),
		"one-tag": oneTag(root, right(root)),
	}
	log.Fatal(http.ListenAndServe(address, handlers[mode]))
}
