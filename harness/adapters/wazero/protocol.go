package main

// request is any line to the adapter. Ask selects which members count.
type request struct {
	ID     uint64 `json:"id"`
	Ask    string `json:"ask"`
	Module string `json:"module"`
	Digest string `json:"digest"`
	Bytes  []byte `json:"bytes"`
	Limits limits `json:"limits"`
	Grants grants `json:"grants"`
	Tenant string `json:"tenant"`
	Input  []byte `json:"input"`
}

// limits of each call of a module. wazero cannot meter fuel, so hello does not offer it.
type limits struct {
	DeadlineMS    int64  `json:"deadline_ms"`
	MemoryPages   uint32 `json:"memory_pages"`
	TableElements uint32 `json:"table_elements"`
	OutputBytes   uint32 `json:"output_bytes_max"`
	LogLines      int    `json:"log_lines_max"`
	LogLineBytes  int    `json:"log_line_bytes_max"`
}

// grants are given to a guest. Everything else is denied.
type grants struct {
	Env    map[string]string `json:"env"`
	Args   []string          `json:"args"`
	Files  bool              `json:"files"`
	Clock  bool              `json:"clock"`
	Random bool              `json:"random"`
}

// message is any line from the adapter.
type message map[string]any

// abiErrorCode stands for a broken ABI. The protocol defines it.
const abiErrorCode = -32000

// reasonBytesMax bounds every text that a guest can influence.
const reasonBytesMax = 1024

func refused(id uint64, reason string) message {
	return message{"id": id, "answer": "refused", "reason": reason}
}

// rejection is the stage that refused a module, and the reason.
type rejection struct{ stage, reason string }

func reject(stage, reason string) *rejection {
	return &rejection{stage, plain([]byte(reason), reasonBytesMax)}
}

// outcome is one word of the protocol's vocabulary, with its members.
type outcome message

// deadline names the mechanism that stopped the guest: the context that wazero checks in loops, our
// function listener, or our check after the guest ended.
func deadline(by string) outcome { return outcome{"outcome": "deadline", "stopped_by": by} }

func trapped(kind string) outcome { return outcome{"outcome": "trap", "trap": kind} }

func hostFault(detail string) outcome {
	return outcome{"outcome": "host-fault", "detail": plain([]byte(detail), reasonBytesMax)}
}

func guestError(code int32, detail string) outcome {
	return outcome{"outcome": "guest-error", "code": code, "detail": detail}
}
