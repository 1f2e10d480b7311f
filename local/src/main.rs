//! `cargo run`: the whole portal on this machine.

use clap::Parser;
use engine::{Engine, EngineError, Stream};
use local::{Cast, Portal, first_start};
use portal::Clock;
use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
};
use store::Store;
use tokio::signal::unix::{SignalKind, signal};
use web::{App, Config, telemetry};

/// The tickets portal on this machine.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Port of the portal.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Folder of the data [default: tickets-portal in your data directory].
    #[arg(long, value_name = "DIR", conflicts_with = "memory")]
    data: Option<PathBuf>,
    /// Keep the data in memory; it is gone afterwards.
    #[arg(long)]
    memory: bool,
    /// Start without demo data.
    #[arg(long)]
    no_demo: bool,
    /// Port of the DynamoDB endpoint, for `admin` and `sam local`.
    #[arg(long, default_value_t = 8000)]
    dynamodb_port: u16,
    /// Address of the DynamoDB endpoint, for the containers of `sam local`. Whoever reaches it reads and changes all data.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    telemetry::start("warn");
    let table = std::env::var("TABLE_NAME").unwrap_or_else(|_| "tickets-portal".into());
    let portal = Portal::bind(options.port)
        .await
        .map_err(|error| format!("cannot listen on port {}: {error}. Choose another with --port.", options.port))?;
    let (engine, store, endpoint) = data(&options, &table).await?;
    let origin = std::env::var("PORTAL_ORIGIN").unwrap_or_else(|_| portal.origin());
    let mut config = Config::on_this_machine(table, origin.clone())?;
    config.teammate_sign_in_url.get_or_insert_with(|| local::sign_in_address(&origin));
    let stream_of = config.table.clone();
    let app = App::new(store.clone(), config, Clock::System);
    if !store.create_table().await? && engine.is_some() {
        store.enable_stream().await?;
        store.enable_vectors().await?;
    }
    let feed = engine.as_ref().map(|engine| tokio::spawn(follow(engine.stream(&stream_of), store.clone())));
    let mut cast = Cast::read()?;
    if options.no_demo {
        first_start::usual_catalog(&app).await?;
    }
    if options.no_demo || !first_start::demo_data(&app, &cast).await? {
        // None of them is in the table.
        cast.contacts.clear();
    }
    let stays = engine.is_none() || !options.memory;
    let endpoint = (endpoint.as_str(), engine.is_none() || options.listen.is_loopback());
    announce(&origin, &local::vendor::app_origin(options.port), endpoint, &cast, stays);
    portal.serve(app, cast, stopped()).await?;
    if let Some(feed) = feed {
        feed.abort();
        let _ = feed.await;
    }
    if let Some(engine) = engine {
        engine.shutdown().await;
    }
    Ok(())
}

/// Does what follows from what is written, as functions do that read the table's stream.
async fn follow(stream: Stream, store: Store) {
    let read = move |event| {
        let store = store.clone();
        async move { web::stream::answer(search_index::READER, &store, &Clock::System, "", &event).await }
    };
    stream.follow(read).await;
}

/// The engine inside this process, unless the environment names another endpoint.
async fn data(options: &Options, table: &str) -> Result<(Option<Engine>, Store, String), Box<dyn Error>> {
    if let Ok(endpoint) = std::env::var("AWS_ENDPOINT_URL_DYNAMODB") {
        return Ok((None, Store::at_endpoint(&endpoint, table).await, endpoint));
    }
    let address = SocketAddr::new(options.listen, options.dynamodb_port);
    let engine = if options.memory {
        Engine::memory(address).await
    } else {
        let folder = options.data.clone().unwrap_or_else(engine::default_data_dir);
        eprintln!("Data in {}", folder.display());
        Engine::open(&folder, address).await
    };
    let engine = engine.map_err(|error| match error {
        EngineError::PortInUse(_) => format!("{error}. Choose another with --dynamodb-port."),
        _ => error.to_string(),
    })?;
    let endpoint = engine.endpoint();
    let store = Store::at(&endpoint, table);
    Ok((Some(engine), store, endpoint))
}

/// People whose links are printed at the start. More would push the portal's own address off the screen.
const SHOWN: usize = 4;

/// Prints where everything is, whether this machine alone reaches the data, and whether it `stays` when this ends.
fn announce(origin: &str, vendor: &str, (endpoint, is_private): (&str, bool), cast: &Cast, stays: bool) {
    println!("\n  Tickets Portal   {origin}/tickets");
    println!("  Help Desk        {origin}/helpdesk");
    println!("  DynamoDB         {endpoint}");
    if !is_private {
        println!("                   Whoever reaches this address reads and changes all data.");
    }
    if cast.contacts.is_empty() {
        println!(
            "\n  No demo data, but ticket types and states to begin with. Load people and tickets of your own with"
        );
        println!("  `cargo run -p admin -- import FILE.ndjson`, then sign in at {origin}/sign-in");
    } else {
        println!("  Vendor's app     {vendor}  (Messenger and card on its pages)\n");
        introduce(origin, cast);
    }
    println!("\n  Ctrl-C stops. The data {}.\n", if stays { "stays" } else { "goes with it" });
}

fn introduce(origin: &str, cast: &Cast) {
    let people = &cast.contacts;
    println!("  Sign in as:");
    let widest = people.iter().take(SHOWN).map(|person| person.name.chars().count()).max().unwrap_or_default();
    for person in people.iter().take(SHOWN) {
        println!("  {:widest$}  {}", person.name, local::sign_in_link(origin, &person.id));
    }
    println!("  and {} more, each with what they show, at {origin}/sign-in", people.len().saturating_sub(SHOWN));
    if let Some(teammate) = cast.teammates.first() {
        println!("\n  Or at the Help Desk, as a teammate:");
        println!("  {:widest$}  {}", teammate.name, local::teammate_sign_in_link(origin, &teammate.id));
    }
}

async fn stopped() {
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
