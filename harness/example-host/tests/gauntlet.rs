//! The whole catalogue against this host finds exactly its three faults; three incidents show the
//! second one. One more incident would be red, and so would each line after its fault is fixed.

fn main() -> std::process::ExitCode {
    gauntlet::HostTest::new("example")
        .known_gap("host/wrong-contract", "imports and exports are looked at too late")
        .known_gap("host/fresh-instance", "one instance serves all calls")
        .known_gap("host/real-c", "one instance serves all calls")
        .known_gap("chaos/differential", "one instance serves all calls")
        .known_gap("host/guest-pointer", "the end of an output is a sum in 32 bits")
        .run(|| Ok::<_, std::convert::Infallible>(example_host::ExampleHost::default()))
}
