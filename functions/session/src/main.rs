#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    web::run(session::FUNCTION).await
}
