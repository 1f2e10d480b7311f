//! What tests do to items behind the store's back.

use crate::world::{Item, Items, string};

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
