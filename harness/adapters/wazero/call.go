package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// call is one call of a guest, in a fresh instance.
type call struct {
	log       guestLog
	deadline  time.Time
	said      outcome
	callsMade uint64
	// heard is set if the function listener stopped the guest.
	heard bool
}

type callKey struct{}

// callOf is the call that a host function serves.
func callOf(ctx context.Context) *call {
	call, _ := ctx.Value(callKey{}).(*call)
	return call
}

// errHostPointer ends a guest that passes a range outside its memory to a host function. It is our
// own type, so no guest can forge it.
var errHostPointer = errors.New("a pointer outside the guest's memory")

// envModule is env.log(ptr, len) and env.error(code, ptr, len).
func envModule(builder wazero.HostModuleBuilder) wazero.HostModuleBuilder {
	log := func(ctx context.Context, guest api.Module, stack []uint64) {
		callOf(ctx).log.push(guestBytes(guest, uint32(stack[0]), uint32(stack[1])))
	}
	say := func(ctx context.Context, guest api.Module, stack []uint64) {
		text := plain(guestBytes(guest, uint32(stack[1]), uint32(stack[2])), reasonBytesMax)
		callOf(ctx).said = guestError(int32(stack[0]), text)
	}
	builder.NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(log), []api.ValueType{i32, i32}, nil).Export("log")
	builder.NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(say), []api.ValueType{i32, i32, i32}, nil).Export("error")
	return builder
}

// guestBytes is a range of the guest's memory; wazero checks it as one 64-bit sum.
func guestBytes(guest api.Module, ptr, length uint32) []byte {
	memory := guest.Memory()
	if memory == nil {
		panic(errHostPointer)
	}
	bytes, ok := memory.Read(ptr, length)
	if !ok {
		panic(errHostPointer)
	}
	return bytes
}

// answerCall answers a call, whatever its outcome.
func (h *host) answerCall(ask request) message {
	defer h.inFlight.Add(-1)
	defer h.calls.Add(1)
	if h.inFlight.Load() > callsInFlight {
		return message{"id": ask.ID, "answer": "called", "outcome": "busy"}
	}
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	module := h.named(ask.Module)
	if module == nil {
		return unknown(ask)
	}
	began := time.Now()
	call := &call{
		log:      guestLog{tenant: ask.Tenant, limits: module.limits},
		deadline: began.Add(time.Duration(module.limits.DeadlineMS) * time.Millisecond),
	}
	answer := message(h.run(module, call, ask.Input))
	call.log.lock.Lock()
	defer call.log.lock.Unlock()
	answer["id"], answer["answer"], answer["digest"] = ask.ID, "called", module.digest
	answer["host_wall_us"] = time.Since(began).Microseconds()
	answer["log_lines_dropped"] = call.log.dropped
	if call.log.lines != nil {
		answer["log"] = call.log.lines
	}
	return answer
}

// run makes an instance, gives it the input and takes its output. The deadline also covers
// instantiation, because the start function is guest code.
func (h *host) run(module *module, call *call, input []byte) (end outcome) {
	defer func() {
		if panicked := recover(); panicked != nil {
			end = hostFault(fmt.Sprint("the host panicked: ", panicked))
		}
	}()
	ctx := experimental.WithMemoryAllocator(context.WithValue(context.Background(), callKey{}, call), allocator)
	ctx, cancel := context.WithDeadline(ctx, call.deadline)
	defer cancel()
	streams := [2]*lineStream{{log: &call.log}, {log: &call.log}}
	defer streams[0].end()
	defer streams[1].end()
	config, err := h.config(module, call, streams)
	if err != nil {
		return hostFault(err.Error())
	}
	instance, err := module.room.runtime.InstantiateModule(ctx, module.code.module, config)
	if err != nil {
		return notInstantiated(err, call)
	}
	defer instance.Close(context.Background())
	output, fault, err := process(ctx, instance, input, module.limits.OutputBytes)
	switch {
	case err != nil:
		return failed(err, call)
	case !time.Now().Before(call.deadline):
		return deadline("late-look")
	case call.said != nil:
		return call.said
	case fault != "":
		return guestError(abiErrorCode, fault)
	}
	return outcome{"outcome": "ok", "output": output}
}

// process calls the functions of the guest ABI in order. A fault means a broken ABI.
func process(ctx context.Context, guest api.Module, input []byte, most uint32) (output []byte, fault string, err error) {
	if reactor := guest.ExportedFunction("_initialize"); reactor != nil {
		if _, err = reactor.Call(ctx); err != nil {
			return nil, "", err
		}
	}
	var ptr uint64
	if len(input) > 0 {
		results, err := guest.ExportedFunction("alloc").Call(ctx, uint64(len(input)))
		if err != nil {
			return nil, "", err
		}
		ptr = results[0]
		if !guest.Memory().Write(uint32(ptr), input) {
			return nil, "alloc answered with a range outside of memory", nil
		}
	}
	results, err := guest.ExportedFunction("process").Call(ctx, ptr, uint64(len(input)))
	if err != nil {
		return nil, "", err
	}
	from, length := uint32(results[0]>>32), uint32(results[0])
	if length > most {
		return nil, fmt.Sprintf("an output of %d bytes, the host takes %d", length, most), nil
	}
	bytes, ok := guest.Memory().Read(from, length)
	if !ok {
		return nil, "process answered with a range outside of memory", nil
	}
	return append([]byte{}, bytes...), "", nil
}

// config gives exactly the grants. wazero grants nothing by default: no file, no variable, a fixed
// clock, a fixed random stream, an empty stdin. Instances have no name, so names never clash.
func (h *host) config(module *module, call *call, streams [2]*lineStream) (wazero.ModuleConfig, error) {
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions().
		WithStdout(streams[0]).WithStderr(streams[1]).WithArgs(module.grants.Args...)
	for name, value := range module.grants.Env {
		config = config.WithEnv(name, value)
	}
	if module.grants.Random {
		config = config.WithRandSource(rand.Reader)
	}
	if module.grants.Clock {
		config = config.WithSysWalltime().WithSysNanotime().WithSysNanosleep()
		if h.mitigated.sleep {
			config = config.WithNanosleep(func(ns int64) {
				time.Sleep(min(time.Duration(ns), time.Until(call.deadline)))
			})
		}
	}
	if !module.grants.Files {
		return config, nil
	}
	if !h.mitigated.files {
		return config.WithFSConfig(wazero.NewFSConfig().WithReadOnlyDirMount(h.folder, "/data")), nil
	}
	root, err := os.OpenRoot(h.folder)
	if err != nil {
		return nil, err
	}
	// The instance closes the files that it opened. The root itself is small and left to the
	// collector.
	return config.WithFSConfig(wazero.NewFSConfig().WithFSMount(root.FS(), "/data")), nil
}
