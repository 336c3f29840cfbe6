//! Processes that run hostile code: started, limited, watched from outside, and ended with
//! everything that they left.

pub mod children;
pub mod confine;
pub mod launch;
pub mod life;
pub(crate) mod locked;
pub mod remarks;
pub mod scratch;
pub mod shutdown;
pub mod strays;
pub mod vitals;
