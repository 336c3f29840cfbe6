use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Write, pipe};
use std::sync::Arc;
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};
use wasm_gauntlet_model::call::{CallOutcome, Called, hex};
use wasm_gauntlet_model::limits::{Grants, Limits};

use super::serve;
use super::test_host::WordHost;
use crate::protocol::{Ask, Reply, ReplyLine, RequestLine, VERSION};

struct Talk {
    ask: Option<PipeWriter>,
    hear: BufReader<PipeReader>,
    worker: Option<JoinHandle<std::io::Result<()>>>,
}

impl Talk {
    fn begin() -> Self {
        let (from, ask) = pipe().expect("pipes are to be had");
        let (hear, to) = pipe().expect("pipes are to be had");
        let worker = std::thread::spawn(move || serve(Arc::new(WordHost), from, to));
        Self { ask: Some(ask), hear: BufReader::new(hear), worker: Some(worker) }
    }

    fn write(&mut self, line: &str) {
        writeln!(self.ask.as_ref().expect("not ended"), "{line}").expect("the worker reads");
    }

    fn say(&mut self, id: u64, ask: Ask) {
        let line = serde_json::to_string(&RequestLine { id, ask }).expect("it is plain data");
        self.write(&line);
    }

    fn load(&mut self, id: u64, module: &str, word: &str) {
        self.say(id, load(module, word));
    }

    fn call(&mut self, id: u64, module: &str, input: &[u8]) {
        let (module, tenant) = (module.to_owned(), "t".to_owned());
        self.say(id, Ask::Call { module, tenant, input: input.to_vec() });
    }

    fn hear(&mut self) -> ReplyLine {
        let mut line = String::new();
        self.hear.read_line(&mut line).expect("the worker writes");
        serde_json::from_str(&line).expect("and writes answers")
    }

    fn called(&mut self, id: u64) -> Called {
        match self.hear() {
            ReplyLine { id: heard, reply: Reply::Called(call) } if heard == id => {
                call.check().expect("an outcome")
            }
            other => panic!("{other:?}"),
        }
    }

    fn end(mut self) -> std::io::Result<()> {
        drop(self.ask.take());
        self.worker.take().expect("not ended").join().expect("serve does not panic")
    }
}

fn load(module: &str, word: &str) -> Ask {
    Ask::Load {
        module: module.to_owned(),
        digest: hex(&Sha256::digest(word)),
        bytes: word.as_bytes().to_vec(),
        limits: Limits::default(),
        grants: Grants::default(),
    }
}

#[test]
fn a_guest_is_loaded_called_and_forgotten() {
    let mut talk = Talk::begin();
    talk.say(1, Ask::Hello { protocol: VERSION });
    let ReplyLine { id: 1, reply: Reply::Hello(hello) } = talk.hear() else { panic!("no hello") };
    assert_eq!((hello.name.as_str(), hello.protocol), ("words", VERSION));
    assert_eq!(hello.features, ["log", "tenants", "limits", "grants", "fuel"]);
    talk.load(2, "m", "echo");
    assert_eq!(talk.hear(), ReplyLine { id: 2, reply: Reply::Loaded });
    talk.call(3, "m", &[0, 255]);
    let called = talk.called(3);
    assert_eq!(called.outcome, CallOutcome::Ok { output: vec![0, 255] });
    assert_eq!(called.digest, hex(&Sha256::digest("echo")));
    talk.say(4, Ask::Unload { module: "m".to_owned() });
    assert_eq!(talk.hear(), ReplyLine { id: 4, reply: Reply::Unloaded });
    talk.call(5, "m", b"");
    assert!(matches!(talk.hear(), ReplyLine { id: 5, reply: Reply::Refused { .. } }));
    talk.end().expect("stdin ended well");
}

#[test]
fn a_slow_call_holds_nothing_up() {
    let mut talk = Talk::begin();
    talk.load(1, "slow", "sleep 60000");
    talk.hear();
    talk.load(2, "quick", "echo");
    talk.hear();
    talk.call(3, "slow", b"");
    talk.call(4, "quick", b"hi");
    assert_eq!(talk.called(4).outcome, CallOutcome::Ok { output: b"hi".to_vec() });
    talk.say(5, Ask::Stats);
    let ReplyLine { id: 5, reply: Reply::Stats(stats) } = talk.hear() else { panic!("no stats") };
    assert_eq!(stats.modules, 2);
    assert!(stats.in_flight >= 1 && stats.calls <= 1, "{stats:?}");
    talk.end().expect("it does not wait for the slow call");
}

#[test]
fn refusals_panics_and_floods_are_answers() {
    let mut talk = Talk::begin();
    talk.load(1, "m", "refuse");
    let Reply::Rejected { stage, .. } = talk.hear().reply else { panic!("not rejected") };
    assert_eq!(stage, "import");
    for (id, word, saying) in [(2, "panic", "as asked"), (4, "flood", "7340032 bytes")] {
        talk.load(id, word, word);
        talk.hear();
        talk.call(id + 1, word, b"");
        let outcome = talk.called(id + 1).outcome;
        let CallOutcome::HostFault { detail, .. } = outcome else { panic!("{outcome:?}") };
        assert!(detail.contains(saying), "{detail}");
    }
    talk.end().expect("it went on all the while");
}

#[test]
fn nonsense_is_refused_and_the_next_line_is_read() {
    let mut talk = Talk::begin();
    for nonsense in ["", "{}", "\u{0}", "[1,2", r#"{"id":1,"ask":"dance"}"#] {
        talk.write(nonsense);
        let answer = talk.hear();
        assert!(matches!(answer, ReplyLine { id: 0, reply: Reply::Refused { .. } }), "{answer:?}");
    }
    let Ask::Load { module, bytes, limits, grants, .. } = load("m", "echo") else {
        panic!("it is a load")
    };
    talk.say(2, Ask::Load { module, digest: "00".to_owned(), bytes, limits, grants });
    assert!(matches!(talk.hear(), ReplyLine { id: 2, reply: Reply::Refused { .. } }));
    talk.say(3, Ask::Bye);
    assert_eq!(talk.hear(), ReplyLine { id: 3, reply: Reply::Bye });
    talk.worker.take().expect("begun").join().expect("no panic").expect("a good end");
}
