//! How far a guest grows at most. It shows nothing about a host with a larger cap, which is right
//! to let it grow.

use crate::limits::Limits;

/// How far a guest grows at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Pages of 64 KiB, of all memories together.
    Pages(u32),
    /// Elements of one table.
    Elements(u32),
}

impl Reach {
    /// Why the guest cannot test a cap of `limits`, if so.
    pub fn within(self, limits: &Limits) -> Option<String> {
        let (reach, cap, unit) = match self {
            Self::Pages(reach) => (reach, limits.memory_pages, "pages of memory"),
            Self::Elements(reach) => (reach, limits.table_elements, "elements of a table"),
        };
        let within = || format!("grows to at most {reach} {unit}, and this host allows {cap}");
        (reach <= cap).then(within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_that_is_not_passed_is_not_tried() {
        let limits = Limits { memory_pages: 4096, table_elements: 10, ..Limits::default() };
        assert!(Reach::Pages(4096).within(&limits).is_some_and(|why| why.contains("4096 pages")));
        assert_eq!(Reach::Pages(4097).within(&limits), None);
        assert!(Reach::Elements(10).within(&limits).is_some());
        assert_eq!(Reach::Elements(11).within(&limits), None);
    }
}
