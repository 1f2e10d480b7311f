//! What tests do to items behind the store's back.

use crate::world::{Item, Items, World, string};

impl Items {
    pub async fn delete(&self, pk: &str, sk: &str) {
        let delete = self.client.delete_item().table_name(&self.table);
        delete.key("pk", string(pk)).key("sk", string(sk)).send().await.unwrap();
    }

    /// Changes an item that must be there.
    pub async fn change(&self, pk: &str, sk: &str, change: impl FnOnce(&mut Item)) {
        let mut item = self.get(pk, sk).await.unwrap();
        change(&mut item);
        self.put(item).await;
    }
}

impl World {
    /// The keys of a company's shards that exist.
    pub async fn shards(&self, company: &str) -> Vec<(String, String)> {
        let beginning = format!("COMPANY#{company}# COMPANY!");
        let keys = self.items.dump().await.into_keys().filter(|key| key.starts_with(&beginning));
        keys.filter_map(|key| key.split_once(' ').map(|(pk, sk)| (pk.to_owned(), sk.to_owned()))).collect()
    }
}
