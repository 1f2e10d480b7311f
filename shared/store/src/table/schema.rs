//! The table, as `admin table create` creates it and `infra/template.yaml` declares it.

use super::{connect::Store, error::StoreError};
use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::update_table::UpdateTableError,
    types::{
        AttributeDefinition, BillingMode, CreateVectorIndexAction, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType, ScalarAttributeType, SearchSchemaElement, SearchSchemaElementType,
        StreamSpecification, TimeToLiveSpecification, VectorAttributeDefinition, VectorDistanceFunction, VectorIndex,
        VectorIndexUpdate,
    },
};
use std::time::Duration;

/// The definition of a table. All key attributes are strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableDefinition {
    /// The partition key attribute.
    pub hash: &'static str,
    /// The sort key attribute.
    pub range: &'static str,
    /// Sparse indexes, each with its name, partition key and sort key.
    pub indexes: &'static [(&'static str, &'static str, &'static str)],
    /// The index of vectors.
    pub vectors: VectorDefinition,
    /// The attribute with the time after which DynamoDB may delete an item.
    pub ttl: &'static str,
    /// What the table's stream says of each item that was written.
    pub stream: &'static str,
}

/// The definition of an index of vectors, which are compared by their directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VectorDefinition {
    pub name: &'static str,
    /// The attribute of which each search names one value.
    pub hash: &'static str,
    /// The attribute with the numbers.
    pub attribute: &'static str,
    /// What a search tells of what it finds, beside the key.
    pub tells: &'static str,
    /// How many numbers there are.
    pub dimensions: u32,
}

/// The index of views by last update. Search lists are in it too, by creation.
pub const BY_UPDATED: &str = "by-updated";
/// The index of views by state category, then last update.
pub const BY_STATE: &str = "by-state";

pub const TABLE: TableDefinition = TableDefinition {
    hash: "pk",
    range: "sk",
    indexes: &[(BY_UPDATED, "view", "by_updated"), (BY_STATE, "view", "by_state")],
    vectors: VectorDefinition {
        name: "by-nearness",
        hash: "view",
        attribute: "vector",
        tells: "company",
        dimensions: domain::nearness::DIMENSIONS as u32,
    },
    ttl: "expires",
    stream: "NEW_AND_OLD_IMAGES",
};

impl TableDefinition {
    /// Returns every key attribute once.
    #[must_use]
    pub fn key_attributes(&self) -> Vec<&'static str> {
        let mut names = vec![self.hash, self.range];
        for (_, hash, range) in self.indexes {
            names.extend([*hash, *range]);
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn key_schema(hash: &str, range: &str) -> Result<Vec<KeySchemaElement>, StoreError> {
    [(hash, KeyType::Hash), (range, KeyType::Range)]
        .into_iter()
        .map(|(name, kind)| {
            KeySchemaElement::builder().attribute_name(name).key_type(kind).build().map_err(StoreError::unbuilt)
        })
        .collect()
}

fn definition(name: &str) -> Result<AttributeDefinition, StoreError> {
    let definition = AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
    definition.build().map_err(StoreError::unbuilt)
}

fn stream() -> Result<StreamSpecification, StoreError> {
    let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(TABLE.stream.into());
    stream.build().map_err(StoreError::unbuilt)
}

fn vectors() -> Result<VectorIndex, StoreError> {
    let VectorDefinition { name, hash, attribute, tells, dimensions } = TABLE.vectors;
    let vector = VectorAttributeDefinition::builder().attribute_name(attribute).build().map_err(StoreError::unbuilt)?;
    let hash = SearchSchemaElement::builder()
        .attribute_name(hash)
        .search_schema_element_type(SearchSchemaElementType::Hash)
        .build()
        .map_err(StoreError::unbuilt)?;
    VectorIndex::builder()
        .index_name(name)
        .vector_attribute(vector)
        .search_schema(hash)
        .projection(Projection::builder().projection_type(ProjectionType::Include).non_key_attributes(tells).build())
        .dimensions(dimensions.into())
        .distance_function(VectorDistanceFunction::Cosine)
        .build()
        .map_err(StoreError::unbuilt)
}

/// The answer to a change of the table that DynamoDB refuses where there is nothing to change.
fn unless_it_is_so<T>(changed: Result<T, SdkError<UpdateTableError>>) -> Result<(), StoreError> {
    match changed {
        Err(error) if error.code() == Some("ValidationException") => Ok(()),
        done => done.map(drop).map_err(StoreError::from_sdk),
    }
}

impl Store {
    /// Adds the index of vectors to a table that an earlier version made without one, as on this machine. Where it is
    /// there, DynamoDB refuses, and nothing changes.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be reached, or there is no table.
    pub async fn enable_vectors(&self) -> Result<(), StoreError> {
        let index = vectors()?;
        let create = CreateVectorIndexAction::builder()
            .index_name(index.index_name)
            .set_vector_attribute(index.vector_attribute)
            .set_search_schema(index.search_schema)
            .set_projection(index.projection)
            .dimensions(index.dimensions)
            .distance_function(index.distance_function)
            .build()
            .map_err(StoreError::unbuilt)?;
        let update = VectorIndexUpdate::builder().create(create).build();
        unless_it_is_so(
            self.client
                .update_table()
                .table_name(&self.table)
                .attribute_definitions(definition(TABLE.vectors.hash)?)
                .vector_index_updates(update)
                .send()
                .await,
        )
    }

    /// Turns on the stream of a table that an earlier version made without one, as on this machine. Where it is on,
    /// DynamoDB refuses, and nothing changes.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be reached, or there is no table.
    pub async fn enable_stream(&self) -> Result<(), StoreError> {
        unless_it_is_so(self.client.update_table().table_name(&self.table).stream_specification(stream()?).send().await)
    }

    /// Whether the table is there and can be used. Asked by reading an item: `DescribeTable` also tells how many items
    /// there are, for which the embedded engine counts them all.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB does not say.
    pub async fn table_exists(&self) -> Result<bool, StoreError> {
        match self.read_settings_item().send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(false),
            Err(error) => Err(StoreError::from_sdk(error)),
        }
    }

    /// Creates the table and waits until it can be used. Returns `false` if it existed already.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB refuses, or the table cannot be used after a minute.
    pub async fn create_table(&self) -> Result<bool, StoreError> {
        if self.table_exists().await? {
            return Ok(false);
        }
        let mut request = self
            .client
            .create_table()
            .table_name(&self.table)
            .billing_mode(BillingMode::PayPerRequest)
            .stream_specification(stream()?)
            .set_key_schema(Some(key_schema(TABLE.hash, TABLE.range)?))
            .vector_indexes(vectors()?);
        for name in TABLE.key_attributes() {
            request = request.attribute_definitions(definition(name)?);
        }
        for (name, hash, range) in TABLE.indexes {
            let index = GlobalSecondaryIndex::builder()
                .index_name(*name)
                .set_key_schema(Some(key_schema(hash, range)?))
                .projection(Projection::builder().projection_type(ProjectionType::All).build())
                .build();
            request = request.global_secondary_indexes(index.map_err(StoreError::unbuilt)?);
        }
        match request.send().await {
            // Somebody else is making it.
            Err(error) if error.code() == Some("ResourceInUseException") => {
                return self.await_table().await.map(|()| false);
            }
            made => made.map_err(StoreError::from_sdk)?,
        };
        self.await_table().await?;
        let ttl = TimeToLiveSpecification::builder().attribute_name(TABLE.ttl).enabled(true).build();
        self.client
            .update_time_to_live()
            .table_name(&self.table)
            .time_to_live_specification(ttl.map_err(StoreError::unbuilt)?)
            .send()
            .await
            .map_err(StoreError::from_sdk)?;
        Ok(true)
    }

    async fn await_table(&self) -> Result<(), StoreError> {
        for _ in 0..120 {
            if self.table_exists().await? {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Err(StoreError::Busy(format!("table {} cannot be used after a minute", self.table)))
    }
}
