#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    web::run(help_desk::FUNCTION).await
}
