//! Closed enums whose every variant has a word: in scenarios, reports, target files, protocols.

/// Declares a closed enum with the word of each variant.
///
/// It gives `ALL`, every variant in the order written; `WORDS`, their words in the same order; and
/// `word`, the word of one. Attributes of the enum and of its variants stay as they are written.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])+ $pub:vis enum $name:ident {
        $($(#[$of_variant:meta])+ $variant:ident = $word:literal,)+
    }) => {
        $(#[$meta])+
        $pub enum $name {
            $($(#[$of_variant])+ $variant,)+
        }

        impl $name {
            /// Every variant, in the order of their declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            /// Every word, in the same order.
            pub const WORDS: &[&str] = &[$($word),+];

            /// The word of this variant.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}
