// Signs an identity token, in Java 17 or newer with nothing installed. It belongs into your backend: whoever has the
// secret can be any of your customers.
//
//   IDENTITY_KID=k1 IDENTITY_SECRET=... java Token.java USER_ID [EMAIL [NAME]]

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.StringJoiner;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Token {
    static String identityToken(String kid, String secret, String userId, String email, String name)
            throws GeneralSecurityException {
        if (userId == null || userId.isEmpty()) {
            throw new IllegalArgumentException("An identity token is about somebody: give a user id.");
        }
        long now = Instant.now().getEpochSecond();
        // The kid says which key this is, so that two can be live while one takes over from the other.
        String header = "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":" + quote(kid) + "}";
        // An hour is enough: the session that it starts lasts longer.
        StringJoiner claims = new StringJoiner(",", "{", "}");
        claims.add("\"user_id\":" + quote(userId));
        if (email != null) claims.add("\"email\":" + quote(email));
        if (name != null) claims.add("\"name\":" + quote(name));
        claims.add("\"iat\":" + now).add("\"exp\":" + (now + 3600));

        String signed = part(header.getBytes(UTF_8)) + "." + part(claims.toString().getBytes(UTF_8));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
        return signed + "." + part(mac.doFinal(signed.getBytes(UTF_8)));
    }

    // Java has no JSON of its own. Use your library's instead: an id with a quote in it must not end the text.
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char it : text.toCharArray()) {
            boolean plain = it >= ' ' && it <= '~' && it != '"' && it != '\\';
            quoted.append(plain ? String.valueOf(it) : String.format("\\u%04x", (int) it));
        }
        return quoted.append('"').toString();
    }

    static String part(byte[] data) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(data);
    }

    public static void main(String[] args) throws GeneralSecurityException {
        String userId = args.length > 0 ? args[0] : null;
        String email = args.length > 1 ? args[1] : null;
        String name = args.length > 2 ? args[2] : null;
        System.out.println(
            identityToken(System.getenv("IDENTITY_KID"), System.getenv("IDENTITY_SECRET"), userId, email, name));
    }
}
