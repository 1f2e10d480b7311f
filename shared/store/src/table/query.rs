//! Queries of one partition.

use super::{connect::Store, error::StoreError, item::Item, schema::TABLE};
use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    operation::{query::builders::QueryFluentBuilder, scan::builders::ScanFluentBuilder},
    types::AttributeValue,
};
use domain::nearness::Vector;

/// Items of a page of a scan. Without a limit the embedded engine reads all that is left of the table for each page; and
/// pages of a megabyte take a slow line longer than an attempt may last.
const SCANNED: i32 = 500;

impl Store {
    /// Starts a query for the items of a partition whose sort keys begin with `beginning`; an empty one means all
    /// items.
    pub(crate) fn partition(&self, pk: impl Into<String>, beginning: &str) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.table);
        let query = query.expression_attribute_values(":pk", AttributeValue::S(pk.into()));
        if beginning.is_empty() {
            return query.key_condition_expression("pk = :pk");
        }
        query
            .key_condition_expression("pk = :pk AND begins_with(sk, :beginning)")
            .expression_attribute_values(":beginning", AttributeValue::S(beginning.into()))
    }

    /// Starts a query for the items of a partition from one sort key to another, both included.
    pub(crate) fn partition_between(
        &self,
        pk: impl Into<String>,
        first: impl Into<String>,
        last: impl Into<String>,
    ) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", AttributeValue::S(pk.into()))
            .expression_attribute_values(":first", AttributeValue::S(first.into()))
            .expression_attribute_values(":last", AttributeValue::S(last.into()))
    }

    /// Finds the items of a view whose vectors are nearest to this one, the nearest first, each with how near it is: 1 is the
    /// same direction, 0 has nothing to do with it. None while the table has no index of vectors, or DynamoDB is making it.
    pub(crate) async fn nearest(
        &self,
        view: String,
        vector: &Vector,
        most: i32,
    ) -> Result<Vec<(Item, f64)>, StoreError> {
        let numbers = vector.numbers().iter().map(|it| AttributeValue::N(it.to_string())).collect();
        let search = self
            .client
            .search_vectors()
            .table_name(&self.table)
            .index_name(TABLE.vectors.name)
            .set_search_vector(Some(numbers))
            .search_condition_expression("#view = :view")
            .expression_attribute_names("#view", TABLE.vectors.hash)
            .expression_attribute_values(":view", AttributeValue::S(view))
            .top_k(most);
        match search.send().await {
            Ok(found) => {
                // The score is a distance.
                let near = found.search_results.unwrap_or_default().into_iter();
                Ok(near.filter_map(|it| Some((it.item?, 1.0 - it.score))).collect())
            }
            Err(error) if matches!(error.code(), Some("ValidationException" | "ResourceNotFoundException")) => {
                Ok(Vec::new())
            }
            Err(error) => Err(StoreError::from_sdk(error)),
        }
    }

    /// Asks for all items of the table, for an operator.
    pub(crate) fn whole_table(&self) -> ScanFluentBuilder {
        self.client.scan().table_name(&self.table).consistent_read(true).limit(SCANNED)
    }

    /// Every item that the query finds, page after page of a megabyte.
    pub(crate) async fn query_all(&self, query: QueryFluentBuilder) -> Result<Vec<Item>, StoreError> {
        let mut pages = query.into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(StoreError::from_sdk)?);
        }
        Ok(items)
    }
}
