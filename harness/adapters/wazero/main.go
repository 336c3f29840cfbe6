// Command gauntlet-wazero hosts guests on wazero and speaks the adapter protocol of the gauntlet,
// version 1 (harness/host/src/protocol/PROTOCOL.md), over stdin and stdout.
//
//	gauntlet-wazero [--engine compiler|interpreter] [--mitigate WORD,…] [--no-deadline]
//
// Without --mitigate it uses wazero as in wazero's own documentation, as most people do. With
// --no-deadline nothing stops a guest; this measures the cost of the deadline.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"sync"
)

// requestBytesMax is the longest request line of the protocol.
const requestBytesMax = 160 << 20

func main() {
	engine := flag.String("engine", "compiler", "compiler or interpreter")
	mitigate := flag.String("mitigate", "", "comma-separated: "+mitigationWords)
	noDeadline := flag.Bool("no-deadline", false, "run guests without a look at their deadline")
	flag.Parse()
	host, err := newHost(*engine, *mitigate)
	if err == nil {
		host.noDeadline = *noDeadline
	}
	if err == nil {
		err = serve(host, os.Stdin, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gauntlet-wazero:", err)
		os.Exit(1)
	}
}

// desk reads requests and writes answers. Many goroutines answer.
type desk struct {
	host  *host
	out   *bufio.Writer
	write sync.Mutex
}

// serve answers until stdin ends or a bye request comes.
func serve(host *host, in io.Reader, out io.Writer) error {
	desk := &desk{host: host, out: bufio.NewWriter(out)}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), requestBytesMax)
	for lines.Scan() {
		var ask request
		if err := json.Unmarshal(lines.Bytes(), &ask); err != nil {
			desk.say(refused(0, "no request: "+plain([]byte(err.Error()), reasonBytesMax)))
			continue
		}
		if desk.answer(ask) {
			return nil
		}
	}
	return lines.Err()
}

// answer handles one request, and reports whether it was the last.
func (d *desk) answer(ask request) (last bool) {
	switch ask.Ask {
	case "hello":
		d.say(d.host.hello(ask.ID))
	case "load":
		go func() { d.say(d.host.load(ask)) }()
	case "call":
		d.host.inFlight.Add(1)
		go func() { d.say(d.host.answerCall(ask)) }()
	case "stats":
		d.say(d.host.stats(ask.ID))
	case "unload":
		d.say(d.host.unload(ask))
	case "bye":
		d.say(message{"id": ask.ID, "answer": "bye"})
		return true
	default:
		d.say(refused(ask.ID, "no such request: "+plain([]byte(ask.Ask), reasonBytesMax)))
	}
	return false
}

// say writes one answer as one line.
func (d *desk) say(answer message) {
	line, err := json.Marshal(answer)
	if err != nil {
		line, _ = json.Marshal(refused(0, "an answer could not be written"))
	}
	d.write.Lock()
	defer d.write.Unlock()
	d.out.Write(append(line, '\n'))
	d.out.Flush()
}
