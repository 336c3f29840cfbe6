package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// Bounds of the host.
const (
	// callsAtOnce: each call has a memory of up to 16 MiB, and the process has 4 GiB of addresses.
	callsAtOnce = 64
	// callsInFlight: with more calls, the host would hold the memory of its callers.
	callsInFlight = 1024
	// modulesMax: a loaded module keeps its code until it is unloaded.
	modulesMax = 1024
)

// host holds the loaded modules. Code is compiled once for each digest and cap on pages, because
// the cap belongs to a wazero runtime and not to a module.
type host struct {
	engine    string
	mitigated mitigations
	// noDeadline disables WithCloseOnContextDone.
	noDeadline bool
	folder     string
	cache      wazero.CompilationCache
	// building is held while code is compiled or dropped, and guards rooms. Calls never wait for
	// it.
	building sync.Mutex
	rooms    map[uint32]*room
	// lock guards modules.
	lock     sync.Mutex
	modules  map[string]*module
	slots    chan struct{}
	calls    atomic.Uint64
	inFlight atomic.Int64
}

// room is a runtime with one memory cap.
type room struct {
	runtime  wazero.Runtime
	offered  map[string]signature
	compiled map[string]*code
}

// code is a compiled module, and the number of names it is loaded under.
type code struct {
	module wazero.CompiledModule
	names  int
}

// module is code with the limits and grants of one load.
type module struct {
	room   *room
	code   *code
	digest string
	limits limits
	grants grants
}

func newHost(engine, mitigate string) (*host, error) {
	if engine != "compiler" && engine != "interpreter" {
		return nil, fmt.Errorf("no engine is called %q", engine)
	}
	mitigated, err := parseMitigations(mitigate)
	if err != nil {
		return nil, err
	}
	folder, err := layOutFolder()
	if err != nil {
		return nil, err
	}
	// Compiled code keeps a processor until it checks the clock. The timers of deadlines need a
	// processor too.
	runtime.GOMAXPROCS(runtime.NumCPU() + 2)
	return &host{
		engine: engine, mitigated: mitigated, folder: folder,
		cache: wazero.NewCompilationCache(),
		rooms: map[uint32]*room{}, modules: map[string]*module{},
		slots: make(chan struct{}, callsAtOnce),
	}, nil
}

func (h *host) hello(id uint64) message {
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if dependency.Path == "github.com/tetratelabs/wazero" {
				version = dependency.Version
			}
		}
	}
	engine := h.engine
	if h.mitigated != (mitigations{}) {
		engine += ", mitigated"
	}
	return message{
		"id": id, "answer": "hello", "protocol": 1, "name": "wazero", "version": version,
		"engine": engine, "features": []string{"wasi", "log", "limits", "grants"},
	}
}

func (h *host) stats(id uint64) message {
	h.lock.Lock()
	defer h.lock.Unlock()
	return message{
		"id": id, "answer": "stats", "modules": len(h.modules),
		"calls": h.calls.Load(), "in_flight": h.inFlight.Load(),
	}
}

func (h *host) load(ask request) message {
	digest := sha256.Sum256(ask.Bytes)
	if hex.EncodeToString(digest[:]) != ask.Digest {
		return refused(ask.ID, "the digest is not that of the bytes")
	}
	h.building.Lock()
	defer h.building.Unlock()
	if len(h.modules) >= modulesMax || h.named(ask.Module) != nil {
		return refused(ask.ID, "the name is taken, or too many modules are loaded")
	}
	loaded, refusal := h.compiled(ask)
	if refusal != nil {
		return message{
			"id": ask.ID, "answer": "rejected", "stage": refusal.stage, "reason": refusal.reason,
		}
	}
	loaded.code.names++
	h.lock.Lock()
	defer h.lock.Unlock()
	h.modules[ask.Module] = loaded
	return message{"id": ask.ID, "answer": "loaded"}
}

// named returns the module with this name, or nil.
func (h *host) named(name string) *module {
	h.lock.Lock()
	defer h.lock.Unlock()
	return h.modules[name]
}

func unknown(ask request) message {
	return refused(ask.ID, "no module is called "+plain([]byte(ask.Module), reasonBytesMax))
}

func (h *host) unload(ask request) message {
	h.building.Lock()
	defer h.building.Unlock()
	module := h.named(ask.Module)
	if module == nil {
		return unknown(ask)
	}
	h.lock.Lock()
	delete(h.modules, ask.Module)
	h.lock.Unlock()
	if module.code.names--; module.code.names == 0 {
		delete(module.room.compiled, module.digest)
		module.code.module.Close(context.Background())
	}
	return message{"id": ask.ID, "answer": "unloaded"}
}

// compiled is the module of a load, with code from the cache if it is there.
func (h *host) compiled(ask request) (*module, *rejection) {
	if len(ask.Bytes) > moduleBytesMax {
		return nil, reject("size", fmt.Sprintf("%d bytes, the host takes %d", len(ask.Bytes), moduleBytesMax))
	}
	seen := readSections(ask.Bytes)
	over := overLimits(seen, ask.Limits)
	if over != "" && h.mitigated.tables {
		return nil, reject("static-limit", over)
	}
	room, err := h.room(ask.Limits.MemoryPages)
	if err != nil {
		return nil, reject("instantiate", err.Error())
	}
	compiled := room.compiled[ask.Digest]
	if compiled == nil {
		bytes := ask.Bytes
		if h.mitigated.custom {
			bytes = withoutCustom(bytes)
		}
		made, err := room.runtime.CompileModule(h.listening(), bytes)
		if err != nil {
			return nil, h.notCompiled(err, over, seen, room, bytes)
		}
		if refusal := checkContract(made, seen, room.offered); refusal != nil {
			made.Close(context.Background())
			return nil, refusal
		}
		compiled = &code{module: made}
		room.compiled[ask.Digest] = compiled
	}
	return &module{room, compiled, ask.Digest, ask.Limits, ask.Grants}, nil
}

// notCompiled names the stage, because wazero refuses every unsupported module in one place. A
// refusal for the size, or for a feature that a mitigation disabled, is no fault of the module.
func (h *host) notCompiled(err error, over string, seen sections, room *room, bytes []byte) *rejection {
	if over != "" {
		return reject("static-limit", over)
	}
	for _, name := range seen.imports {
		if _, offered := room.offered[name]; !offered {
			return reject("import", "unknown import "+name+": "+err.Error())
		}
	}
	if h.mitigated.tables && compiles(bytes) {
		return reject("static-limit", "reference types are off, as wazero cannot limit a table: "+err.Error())
	}
	return reject("validate", err.Error())
}

// compiles reports whether wazero accepts a module with its default features.
func compiles(bytes []byte) bool {
	plain := wazero.NewRuntimeWithConfig(context.Background(), wazero.NewRuntimeConfigInterpreter())
	defer plain.Close(context.Background())
	_, err := plain.CompileModule(context.Background(), bytes)
	return err == nil
}

func (h *host) listening() context.Context {
	if !h.mitigated.calls {
		return context.Background()
	}
	return experimental.WithFunctionListenerFactory(context.Background(), interrupter{})
}

// room returns the runtime for a cap on pages, and creates it if necessary.
func (h *host) room(pages uint32) (*room, error) {
	if made := h.rooms[pages]; made != nil {
		return made, nil
	}
	config := wazero.NewRuntimeConfigCompiler()
	if h.engine == "interpreter" {
		config = wazero.NewRuntimeConfigInterpreter()
	}
	config = config.WithCloseOnContextDone(!h.noDeadline).WithMemoryLimitPages(min(pages, pagesMax)).
		WithCompilationCache(h.cache)
	if h.mitigated.tables {
		config = config.WithCoreFeatures(api.CoreFeaturesV2.SetEnabled(api.CoreFeatureReferenceTypes, false))
	}
	made := &room{wazero.NewRuntimeWithConfig(context.Background(), config), map[string]signature{}, map[string]*code{}}
	wasi := made.runtime.NewHostModuleBuilder(wasi_snapshot_preview1.ModuleName)
	wasi_snapshot_preview1.NewFunctionExporter().ExportFunctions(wasi)
	builders := []wazero.HostModuleBuilder{wasi, envModule(made.runtime.NewHostModuleBuilder("env"))}
	for _, builder := range builders {
		instance, err := builder.Instantiate(context.Background())
		if err != nil {
			return nil, err
		}
		for name, function := range instance.ExportedFunctionDefinitions() {
			made.offered[instance.Name()+"."+name] = signatureOf(function)
		}
	}
	h.rooms[pages] = made
	return made, nil
}

// layOutFolder makes the folder of a grant of files, and next to it a canary that no guest may
// read. The gauntlet removes TMPDIR after the adapter ends.
func layOutFolder() (string, error) {
	root, err := os.MkdirTemp("", "wazero-")
	if err != nil {
		return "", err
	}
	data := root + "/data"
	steps := []error{
		os.Mkdir(data, 0o755),
		os.WriteFile(data+"/hello.txt", []byte("hello"), 0o644),
		os.WriteFile(root+"/canary.txt", []byte("canary-7f3a91: no guest may read this"), 0o644),
		os.Symlink("../canary.txt", data+"/link"),
	}
	for _, err := range steps {
		if err != nil {
			return "", err
		}
	}
	return data, nil
}
