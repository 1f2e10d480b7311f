#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    web::run(ticket_report::FUNCTION).await
}
