//! The workspace's logo, as the table stores it: its bytes, by their hash.

use crate::table::{Item, Store, StoreError, key, keys};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use domain::{id::LogoId, logo::Logo};

const IMAGE: &str = "image";

/// Returns the item of a logo.
pub(crate) fn logo_item(id: &LogoId, logo: &Logo) -> Item {
    let mut item = key(keys::SETTINGS, keys::logo(id));
    item.insert(IMAGE.into(), AttributeValue::B(Blob::new(logo.bytes())));
    item
}

impl Store {
    /// Reads a logo, also one that is none any more as long as it is kept. `None` if there is none of this id.
    pub async fn logo(&self, id: &LogoId) -> Result<Option<Logo>, StoreError> {
        let found = self.get_all(vec![key(keys::SETTINGS, keys::logo(id))]).await?.pop();
        let image = found.and_then(|mut item| item.remove(IMAGE));
        let Some(AttributeValue::B(image)) = image else { return Ok(None) };
        let corrupt = |why: domain::logo::NoLogo| StoreError::Corrupt { key: keys::logo(id), why: why.to_string() };
        Logo::new(image.into_inner()).map(Some).map_err(corrupt)
    }
}
