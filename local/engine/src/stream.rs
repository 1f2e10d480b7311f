//! A table's stream, as Lambda would hand it to a function.
//!
//! The engine keeps what it says for ever, and looks through all of it with each write. It therefore gets an index, and
//! loses what has been read.

use crate::EngineError;
use dynoxide::{
    Database,
    actions::{
        describe_stream::DescribeStreamRequest, get_records::GetRecordsRequest,
        get_shard_iterator::GetShardIteratorRequest, list_streams::ListStreamsRequest,
    },
};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Records of a batch.
const MOST: usize = 100;

/// A name for data in memory that a second connection of this process can open.
pub(crate) fn in_memory() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("file:engine-{}?mode=memory&cache=shared", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Gives the records an index by their numbers.
pub(crate) fn index(file: &str) -> rusqlite::Result<()> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute(
        "CREATE INDEX IF NOT EXISTS stream_records_by_number
         ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
        [],
    )?;
    Ok(())
}

/// What was written to a table and has not been read yet, the oldest first.
pub struct Stream {
    database: Database,
    table: String,
    file: String,
    /// Where to go on reading.
    iterator: Option<String>,
    /// Records read that can go.
    read: Option<String>,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Stream of {}", self.table)
    }
}

fn failed(error: impl ToString) -> EngineError {
    EngineError::Database(error.to_string())
}

impl Stream {
    pub(crate) fn of(database: Database, table: &str, file: String) -> Self {
        Self { database, table: table.to_owned(), file, iterator: None, read: None }
    }

    /// The next records, as an event of Lambda; `None` when all have been read. Asked again, those before count as dealt
    /// with, and are gone. Blocks.
    ///
    /// # Errors
    /// [`EngineError::Database`] when the data cannot be read.
    pub fn read(&mut self) -> Result<Option<Value>, EngineError> {
        self.forget()?;
        let iterator = match self.iterator.take() {
            Some(iterator) => iterator,
            None => match self.start()? {
                Some(iterator) => iterator,
                None => return Ok(None),
            },
        };
        let request = GetRecordsRequest { shard_iterator: iterator, limit: Some(MOST) };
        let answer = self.database.get_records(request).map_err(failed)?;
        self.iterator = answer.next_shard_iterator;
        self.read = answer.records.last().map(|record| record.dynamodb.sequence_number.clone());
        let records = answer.records.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        Ok((!records.is_empty()).then(|| json!({"Records": records})))
    }

    /// Where the oldest record is; `None` when the table has no stream.
    fn start(&self) -> Result<Option<String>, EngineError> {
        let request = ListStreamsRequest { table_name: Some(self.table.clone()), ..Default::default() };
        let Some(found) = self.database.list_streams(request).map_err(failed)?.streams.pop() else { return Ok(None) };
        let request = DescribeStreamRequest { stream_arn: found.stream_arn.clone(), ..Default::default() };
        let shards = self.database.describe_stream(request).map_err(failed)?.stream_description.shards;
        let Some(shard) = shards.into_iter().next() else { return Ok(None) };
        let request = GetShardIteratorRequest {
            stream_arn: found.stream_arn,
            shard_id: shard.shard_id,
            shard_iterator_type: "TRIM_HORIZON".into(),
            sequence_number: None,
        };
        Ok(self.database.get_shard_iterator(request).map_err(failed)?.shard_iterator)
    }

    /// Removes what has been read from a file. In memory two connections would be in each other's way.
    fn forget(&mut self) -> Result<(), EngineError> {
        let Some(read) = self.read.take().filter(|_| !self.file.starts_with("file:")) else { return Ok(()) };
        // The public form of a number is the stored one above a round number.
        let stored: i64 = read.get(1..).and_then(|it| it.parse().ok()).unwrap_or_default();
        let connection = Connection::open(&self.file).map_err(failed)?;
        connection.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
        let gone = "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= ?2";
        connection.execute(gone, rusqlite::params![self.table, stored]).map_err(failed)?;
        Ok(())
    }
}
