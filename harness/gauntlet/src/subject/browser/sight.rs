//! What a person sees of a page at one moment.

use std::time::Duration;

use wasm_gauntlet_browser::connection::CallError;
use wasm_gauntlet_browser::visit::Tab;

/// Time between two pictures that tell whether the page moves by itself.
const STILL_FOR: Duration = Duration::from_millis(100);

/// What a person sees: text, and a picture where text does not differ.
#[derive(Debug)]
pub(crate) struct Sight {
    pub(super) text: String,
    /// None if the picture moves by itself.
    picture: Option<Vec<u8>>,
}

impl Sight {
    pub(super) fn of(tab: &mut Tab) -> Result<Self, CallError> {
        let text = tab.visible()?;
        let first = tab.picture()?;
        tab.pass(STILL_FOR)?;
        let picture = Some(tab.picture()?).filter(|second| *second == first);
        Ok(Self { text, picture })
    }

    pub(super) fn differs(&self, other: &Self) -> bool {
        let pictures = self.picture.as_ref().zip(other.picture.as_ref());
        self.text != other.text || pictures.is_some_and(|(one, other)| one != other)
    }
}
