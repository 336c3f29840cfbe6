use std::time::{Duration, Instant};

use wasm_gauntlet_host::process::launch::CANARY_ENV;
use wasm_gauntlet_host::worker::parent::supervised::{Supervised, WaitLimits};
use wasm_gauntlet_host::worker::parent::work::{LoadOutcome, Lost, Timed, Work};
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::profile::Need;

use super::Adapter;
use super::test_rig::{call, good_until_call, module, shell, supervised, words};
use crate::subject::Subject;

fn fault(timed: &Timed) -> (&str, Option<&str>) {
    match &timed.called.outcome {
        CallOutcome::HostFault { detail, signal } => (detail, signal.as_deref()),
        other => panic!("{other:?}"),
    }
}

fn text(timed: Timed) -> String {
    match timed.called.outcome {
        CallOutcome::Ok { output } => String::from_utf8(output).expect("it is text"),
        other => panic!("{other:?}"),
    }
}

/// Whether a call is answered. A busy machine sometimes misses a timeout of 0.1 s, so it is tried
/// more than once.
fn is_answered(host: &Supervised) -> bool {
    let well = CallOutcome::Ok { output: b"in".to_vec() };
    (0..50).any(|_| call(host, "echo").called.outcome == well)
}

/// Living processes of a group. Killed orphans that init has not yet reaped do not count.
fn living(leader: i32) -> usize {
    let entries = std::fs::read_dir("/proc").expect("this is Linux").flatten();
    let stats = entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    let group = |stat: String| -> Option<i32> {
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        if fields.next()? == "Z" { None } else { fields.nth(1)?.parse().ok() }
    };
    stats.filter_map(group).filter(|found| *found == leader).count()
}

/// Whether a group ends. A killed process is gone a little later.
fn all_gone(leader: i32) -> bool {
    let until = Instant::now() + Duration::from_secs(10);
    while living(leader) > 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    living(leader) == 0
}

#[test]
fn a_worker_is_called_and_leaves_nothing() {
    let host = supervised(words());
    let timed = call(&host, "echo");
    assert_eq!(timed.called.outcome, CallOutcome::Ok { output: b"in".to_vec() });
    assert_eq!(timed.lost, None);
    let pid = host.process().expect("it runs").pid().as_raw_nonzero().get();
    let vitals = host.process().expect("it runs").vitals().expect("it is seen");
    assert!(vitals.resident_kib > 1000 && vitals.threads >= 2, "{vitals:?}");
    assert!(vitals.descriptors.is_some_and(|count| count >= 3), "{vitals:?}");
    assert_eq!(living(pid), 1);
    drop(host);
    assert_eq!(living(pid), 0);
}

#[test]
fn the_child_is_confined_and_its_environment_is_a_canary() {
    let host = supervised(words());
    let limits = text(call(&host, "limit"));
    let soft_and_hard = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).expect("it is listed");
        let fields: Vec<_> = line[name.len()..].split_ascii_whitespace().collect();
        (fields[0].to_owned(), fields[1].to_owned())
    };
    for (name, value) in [
        ("Max cpu time", "600 605"),
        ("Max file size", "67108864"),
        ("Max core file size", "0"),
        ("Max open files", "256"),
        ("Max data size", "4294967296"),
        ("Max address space", "unlimited"),
    ] {
        let (soft, hard) = value.split_once(' ').unwrap_or((value, value));
        assert_eq!(soft_and_hard(name), (soft.to_owned(), hard.to_owned()), "{name}");
    }
    let environment = text(call(&host, "environment"));
    let names: Vec<_> = environment.lines().filter_map(|line| line.split('=').next()).collect();
    assert!(environment.contains(&format!("{}={}", CANARY_ENV.0, CANARY_ENV.1)));
    for name in names {
        // The shell in between sets PWD and its like.
        let known = ["HOST_SECRET", "OLDPWD", "PWD", "SHLVL", "TMPDIR", "_"];
        let ours = name.starts_with("GAUNTLET_TEST_");
        assert!(ours || known.contains(&name), "{name} was handed on");
    }
}

#[test]
fn who_takes_more_memory_than_it_may_is_stopped() {
    let mut launch = words();
    launch.confinement.data_bytes = 256 << 20;
    let host = supervised(launch);
    assert!(matches!(call(&host, "allocate 100").called.outcome, CallOutcome::Ok { .. }));
    let stopped = call(&host, "allocate 300").called.outcome;
    assert!(matches!(stopped, CallOutcome::HostFault { .. }), "{stopped:?}");
    assert!(matches!(call(&host, "echo").called.outcome, CallOutcome::Ok { .. }));
}

#[test]
fn a_death_is_told_with_its_signal_and_the_next_call_finds_a_new_worker() {
    let host = supervised(words());
    call(&host, "echo");
    let first = host.process().expect("it runs");
    let timed = call(&host, "abort");
    assert_eq!((fault(&timed).1, timed.lost), (Some("SIGABRT"), Some(Lost::Died)));
    assert!(!first.answers());
    assert_eq!(text(call(&host, "echo")), "in");
    let timed = call(&host, "exit");
    assert!(fault(&timed).0.contains("code 7"), "{:?}", fault(&timed));
    assert_eq!(host.started(), 2);
}

#[test]
fn every_call_in_flight_is_answered_when_the_worker_dies() {
    // Whoever waited for the end of the sleep instead would be answered well.
    let patience = WaitLimits { call: Duration::from_secs(120), ..WaitLimits::default() };
    let host = Supervised::new(words(), patience);
    let ends: Vec<Timed> = std::thread::scope(|scope| {
        let mut threads: Vec<_> =
            (0..5).map(|_| scope.spawn(|| call(&host, "sleep 60000"))).collect();
        std::thread::sleep(Duration::from_millis(300));
        threads.push(scope.spawn(|| call(&host, "abort")));
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(ends.iter().all(|timed| fault(timed).1 == Some("SIGABRT")), "{ends:?}");
}

#[test]
fn a_hang_is_ended_by_the_watchdog() {
    let patience =
        WaitLimits { call: Duration::from_millis(300), load: Duration::from_millis(500) };
    let host = Supervised::new(words(), patience);
    let timed = call(&host, "sleep 60000");
    assert_eq!((fault(&timed).1, timed.lost), (None, Some(Lost::Hung)));
    assert!(timed.wall.as_millis() >= 350, "{:?}", timed.wall);
    let timed = call(&host, "stall");
    assert_eq!(timed.lost, Some(Lost::Hung), "{timed:?}");
    assert!(timed.wall.as_millis() >= 500);
    assert!(is_answered(&host));
}

#[test]
fn a_load_is_done_once_and_its_end_is_remembered() {
    let host = supervised(words());
    let (echo, refuse) = (module("echo", &[]), module("refuse", &[]));
    let (echo, refuse) = (echo.expect("made"), refuse.expect("made"));
    let (limits, grants) = (Limits::default(), Grants::default());
    let slow = Limits { deadline_ms: 500, ..Limits::default() };
    let work = Work { module: &echo, tenant: "t", input: b"", limits: &limits, grants: &grants };
    let loads = [work, work, Work { limits: &slow, ..work }];
    let walls = loads.map(|work| match host.load(&work).expect("it runs") {
        LoadOutcome::Ready { wall } => wall,
        LoadOutcome::Ended(end) => panic!("{end:?}"),
    });
    assert_eq!(walls[0], walls[1], "the second load is the first one");
    assert_ne!(walls[0], walls[2], "other limits are another load");
    let LoadOutcome::Ended(end) = host.load(&Work { module: &refuse, ..work }).expect("it runs")
    else {
        panic!("it was refused")
    };
    assert_eq!((end.called.outcome.word(), end.lost), ("rejected", None));
    let bomb = module("bomb", &[]).expect("made");
    let LoadOutcome::Ended(end) = host.load(&Work { module: &bomb, ..work }).expect("it runs")
    else {
        panic!("it died")
    };
    assert_eq!(fault(&end).1, Some("SIGABRT"));
}

#[test]
fn an_adapter_that_misbehaves_costs_a_host_fault_each() {
    // A death is told however late a busy machine is; only who sleeps waits for our patience.
    let patience = |lost| match lost {
        Lost::Hung => {
            WaitLimits { call: Duration::from_millis(700), load: Duration::from_secs(30) }
        }
        Lost::Died => WaitLimits { call: Duration::from_secs(25), load: Duration::from_secs(30) },
    };
    for (then, lost, saying) in [
        ("echo 'panic: oh no'; sleep 60", Lost::Died, "not an answer: panic: oh no"),
        ("exec 1>&-; sleep 60", Lost::Died, "closed its stdout"),
        ("exit 3", Lost::Died, "code 3"),
        ("kill -SEGV $$", Lost::Died, "SIGSEGV"),
        ("echo why >&2; exit 3", Lost::Died, "stderr ends: why"),
        ("sleep 60", Lost::Hung, "no answer within"),
        (r#"while :; do echo '{"id":77,"answer":"bye"}'; done"#, Lost::Died, "match no request"),
        ("tr '\\0' a </dev/zero", Lost::Died, "longer than 8 MiB"),
        ("sleep 60 & exit 0", Lost::Died, "code 0"),
    ] {
        let host = Supervised::new(good_until_call(then), patience(lost));
        let timed = call(&host, "echo");
        assert!(fault(&timed).0.contains(saying), "{then}: {timed:?}");
        assert_eq!(timed.lost, Some(lost), "{then}");
        assert!(timed.wall < Duration::from_secs(25), "{then} took {:?}", timed.wall);
        let pid = host.peek().expect("it ran").pid().as_raw_nonzero().get();
        assert!(all_gone(pid), "{then}");
    }
}

#[test]
fn a_process_that_left_the_group_ends_with_its_adapter() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = folder.path().join("pid");
    let daemon = format!(
        "setsid sh -c 'echo $$ >{0}.new; mv {0}.new {0}; exec sleep 1234' \
         >/dev/null 2>&1 </dev/null & while ! test -e {0}; do :; done; exit 3",
        told.display()
    );
    let host = supervised(good_until_call(&daemon));
    let timed = call(&host, "echo");
    // `mv` may be on its way out yet, and is then counted too.
    let said = fault(&timed).0;
    assert!(said.contains("it left") && said.contains("processes running"), "{timed:?}");
    let pid = std::fs::read_to_string(&told).expect("it said its id");
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    assert!(stat.map_or(true, |stat| stat.contains(") Z ")), "it runs on");
}

#[test]
fn an_answer_that_is_none_is_a_fault_of_a_host_that_lives() {
    for answer in [
        r#"{"id":3,"answer":"called","outcome":"splendid"}"#,
        r#"{"id":3,"answer":"called","outcome":"ok"}"#,
        r#"{"id":3,"answer":"loaded"}"#,
        r#"{"id":3,"answer":"refused","reason":"tired"}"#,
    ] {
        let host = supervised(good_until_call(&format!("echo '{answer}'; read more")));
        let timed = call(&host, "echo");
        assert_eq!((timed.called.outcome.word(), timed.lost), ("host-fault", None), "{answer}");
    }
}

/// A host that does not answer any load costs three timeouts, however many calls there are. One
/// whose guest runs too long is called again each time.
#[test]
fn an_adapter_that_is_mute_or_answers_others_is_given_up_and_a_guest_that_hangs_is_not_why() {
    let patience =
        WaitLimits { call: Duration::from_millis(100), load: Duration::from_millis(400) };
    let hello =
        r#"read hello; echo '{"id":1,"answer":"hello","protocol":1,"name":"sh"}'; read l; "#;
    let others = r#"echo '{"id":2,"answer":"loaded"}'; read c; echo '{"id":9,"answer":"bye"}'; "#;
    for then in ["sleep 60".to_owned(), format!("{others} sleep 60")] {
        let host = Supervised::new(shell(&format!("{hello}{then}")), patience);
        for _ in 0..3 {
            assert_eq!(call(&host, "echo").lost, Some(Lost::Hung), "{then}");
        }
        let module = module("echo", &[]).expect("made");
        let (limits, grants) = (Limits::default(), Grants::default());
        let (limits, grants) = (&limits, &grants);
        let work = Work { module: &module, tenant: "t", input: b"", limits, grants };
        let given_up = host.call(&work).expect_err("no other is started");
        assert!(given_up.text.contains("in a row"), "{given_up}");
        assert_eq!(host.started(), 3, "{then}");
    }
    let patience = WaitLimits { load: Duration::from_secs(30), ..patience };
    let host = Supervised::new(words(), patience);
    for _ in 0..4 {
        assert_eq!(call(&host, "sleep 60000").lost, Some(Lost::Hung));
    }
    assert!(is_answered(&host));
}

#[test]
fn who_cannot_be_talked_to_cannot_be_looked_at() {
    let mut missing = shell("");
    missing.program = "/nonexistent/adapter".into();
    let other = r#"read x; echo '{"id":1,"answer":"hello","protocol":2,"name":"x"}'; read y"#;
    for (launch, saying) in [
        (missing, "No such file"),
        (shell("exit 1"), "code 1"),
        (shell("echo Welcome!; sleep 60"), "not an answer: Welcome!"),
        (shell(other), "speaks protocol 2"),
        (shell(r#"read x; echo '{"id":1,"answer":"bye"}'; read y"#), "did not answer `hello`"),
    ] {
        let adapter = Adapter::new("bad", launch, Box::new(module));
        let unable = adapter.profile().expect_err("there is nobody to talk to");
        assert!(unable.text.contains(saying), "{unable}");
    }
}

#[test]
fn a_profile_says_what_the_hello_said() {
    let adapter = Adapter::new("words", words(), Box::new(module));
    let profile = adapter.profile().expect("it answers");
    assert_eq!(profile.about, "words 1 (match)");
    assert!(profile.can(Need::HostMemory) && profile.can(Need::HostFuel));
    assert!(!profile.can(Need::HostWasi));
    assert!(profile.can.is_sorted());
}
