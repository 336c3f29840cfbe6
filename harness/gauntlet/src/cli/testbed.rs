//! `gauntlet testbed`: the reference deployment, to learn from.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::args::TestbedArgs;
use super::deployment::Deployment;
use super::exit::{Exit, Failure};
use super::interrupt;

/// `gauntlet testbed`.
pub(super) fn testbed(args: &TestbedArgs) -> Result<Exit, Failure> {
    let stop = interrupt::stop()?;
    let deployment = Deployment::start(&args.fault, Some(args.listen))?;
    let mut told = format!(
        "site    {}   (through its shared cache)\norigin  {}\nhost    {}\n",
        deployment.site_url(),
        deployment.origin_url(),
        deployment.host_url()
    );
    for fault in &args.fault {
        told += &format!("fault   {}: {}\n", fault.word(), fault.doc());
    }
    super::print(&format!("{told}Press Ctrl-C to stop.\n"))?;
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(Exit::Ready)
}
