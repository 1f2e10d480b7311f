#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    web::run(conversation_join::FUNCTION).await
}
