using Crossdock.Connectors.Magento;
using Xunit;

namespace Crossdock.Connectors.Tests.Magento;

public sealed class MagentoOAuthTests
{
    // RFC 5849 section 3.4.1.1, with the parameters of its request.
    [Fact]
    public void Base_string_is_the_one_of_the_standard() => Assert.Equal(
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7",
        MagentoOAuth.BaseString("POST", "http://example.com/request",
        [
            ("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b"), ("oauth_consumer_key", "9djdj82h48djs9d2"), ("oauth_token", "kkk9d7dh3k39sjv7"),
            ("oauth_signature_method", "HMAC-SHA1"), ("oauth_timestamp", "137131201"), ("oauth_nonce", "7d8f3e4a"), ("c2", ""), ("a3", "2 q"),
        ]));

    // Computed by another implementation (Python's hmac over a base string put together by hand).
    [Fact]
    public void Brackets_are_signed_decoded_and_encoded_once()
    {
        (string, string)[] query = [("searchCriteria[pageSize]", "1"), ("searchCriteria[filter_groups][0][filters][0][value]", "2026-11-02 15:04:12")];
        string header = new MagentoOAuth("ck_8a7b6c5d", "cs&secret=1", "at_11223344", "ts%secret").Header("GET", "https://tienda.example/rest/all/V1/orders", query, DateTimeOffset.FromUnixTimeSeconds(1793631852), "a1b2c3d4e5f6");
        Assert.Equal("OAuth oauth_consumer_key=\"ck_8a7b6c5d\", oauth_nonce=\"a1b2c3d4e5f6\", oauth_signature_method=\"HMAC-SHA256\", oauth_timestamp=\"1793631852\", oauth_token=\"at_11223344\", oauth_version=\"1.0\", oauth_signature=\"DR7ctrfhHX3kE57P%2F5vbijhfP56NQ8VdVpmObVN92go%3D\"", header);
    }

    [Theory]
    [InlineData("abcABC123-._~", "abcABC123-._~")]
    [InlineData("a b+c", "a%20b%2Bc")]
    [InlineData("[0]", "%5B0%5D")]
    [InlineData("ñ!*'()", "%C3%B1%21%2A%27%28%29")]
    public void Everything_but_letters_digits_and_four_marks_is_encoded(string plain, string encoded) => Assert.Equal(encoded, MagentoOAuth.Encode(plain));
}
