import PatternDetection
import Testing

@testable import WireProtocol

@Suite struct RedactionTests {
    @Test(
        arguments: [
            ("password=hunter2 for ada", "password=[redacted] for ada"),
            ("PGPASSWORD='a b c' psql", "PGPASSWORD='[redacted]' psql"),
            ("password: hunter", "password: [redacted]"),
            ("OPENAI_API_KEY=abc&x=1", "OPENAI_API_KEY=[redacted]&x=1"),
            (#"{"api_key": "abc", "n": 1}"#, #"{"api_key": "[redacted]", "n": 1}"#),
            (#"{\"clientSecret\":\"abc\",\"n\":1}"#, #"{\"clientSecret\":\"[redacted]\",\"n\":1}"#),
            ("Authorization: Bearer abc.def-123", "Authorization: Bearer [redacted]"),
            ("sent Bearer 0123456789abcdef", "sent Bearer [redacted]"),
            ("postgres://ada:pw@db:5432/x", "postgres://[redacted]@db:5432/x"),
            ("key sk-proj-0123456789abcdefXYZ.", "key [redacted]."),
            ("ghp_0123456789abcdef0123 and AKIAIOSFODNN7EXAMPLE", "[redacted] and [redacted]"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln ok", "[redacted] ok"),
            ("a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b", "a [redacted] b"),
        ])
    func aSecretIsLeftOutAndTheRestStays(_ text: String, _ redacted: String) {
        #expect(Redaction.secrets.text(text) == redacted)
        #expect(Redaction.all.text(text) == redacted)
        #expect(Redaction.none.text(text) == text)
    }

    @Test(
        arguments: [
            "Required component tool_dispatcher is missing or None", "2048 tokens: 12 of 100 used",
            "total_tokens=512 max_tokens: 99", "invalid token: expired", "token=[REDACTED] password=****",
            "Bearer authentication failed", "http://127.0.0.1:8700/health", "mask-hf_x asia-pacific sk-1",
            "the key of the path is http:/v1/runs", "basic auth is off", "secret", "password=", "漢字 password",
        ])
    func whatIsNoSecretStays(_ text: String) { #expect(Redaction.secrets.text(text) == text) }

    @Test func aShortPieceOfAKeyIsNoKeyAndALongerOneIs() {
        let fifteen = "sk-" + String(repeating: "a", count: 15)
        #expect(Redaction.secrets.text(fifteen) == fifteen)
        #expect(Redaction.secrets.text(fifteen + "a") == Redaction.mark)
    }

    @Test(arguments: [
        "password", "apiKey", "API_KEY", "x-auth-token", "Authorization", "client_secret", "dbPassword",
    ])
    func theseNamesAreThoseOfSecrets(_ name: String) { #expect(SecretScan.isSecretName(name)) }

    @Test(arguments: [
        "tokens", "token_count", "maxTokens", "key", "path", "secretary", "token-file", "keyboard",
    ])
    func theseAreNot(_ name: String) { #expect(!SecretScan.isSecretName(name)) }

    @Test func anEventWithoutSecretsStaysByteForByte() {
        let line = Array(
            #"{"type":"TEXT_MESSAGE_CONTENT" , "delta":"hello \u0041","metadata":{"user":"ada"}}"#.utf8)
        #expect(Redaction.secrets.line(line) == line)
    }

    @Test func anEventLosesItsSecretsAndNothingElse() throws {
        let line = Array(
            #"{"type":"CUSTOM","name":"x","value":{"password":"a","pin":{"token":7},"ok":true,"n":1.5},"metadata":{"user":"ada"}}"#
                .utf8)
        let redacted = try JSONParser.parse(Redaction.secrets.line(line))
        #expect(redacted["value"]?["password"] == "[redacted]")
        #expect(redacted["value"]?["pin"]?["token"] == "[redacted]")
        #expect(redacted["value"]?["ok"] == true)
        #expect(redacted["metadata"]?["user"] == "ada")
        #expect(Redaction.none.line(line) == line)
    }

    @Test func allLeavesOutWhatWasWrittenButNotWhoAndWhat() throws {
        let line = Array(
            #"{"type":"TEXT_MESSAGE_CONTENT","delta":"my salary is 5","messageId":"m","metadata":{"user":"ada"}}"#
                .utf8)
        let redacted = try JSONParser.parse(Redaction.all.line(line))
        #expect(redacted["delta"] == "[redacted]")
        #expect(redacted["messageId"] == "m")
        #expect(redacted["metadata"]?["user"] == "ada")
        let ours = Array(#"{"type":"CUSTOM","name":"ctxtop.gap","value":{"lost":7}}"#.utf8)
        #expect(Redaction.all.line(ours) == ours)
    }

    @Test func aSnapshotsWordsAreRedactedAndItsVerdictIsNot() throws {
        var snapshot = BackendSnapshot(name: "prod")
        var path = PathRecord(path: .http)
        path.lastOutcome = OutcomeRecord(.error, error: "connect to redis://u:pw@r failed")
        path.evidence = [EvidenceRecord(.init(.toolClasses, "4", source: "app.state"), at: nil)]
        snapshot.paths = [path]
        snapshot.startup.error = "token=abc123"
        guard case .snapshot(let redacted) = Redaction.secrets.message(.snapshot(snapshot)) else {
            Issue.record("no snapshot came back")
            return
        }
        #expect(redacted.paths[0].lastOutcome.error == "connect to redis://[redacted]@r failed")
        #expect(redacted.paths[0].judgement == path.judgement)
        #expect(redacted.startup.error == "token=[redacted]")
    }

    @Test func aHealthBodyIsRedactedWhetherItIsJSONOrNot() {
        for (body, wanted) in [
            (#"{"status":"ok","secret":"x"}"#, #"{"status":"ok","secret":"[redacted]"}"#),
            ("ok password=x", "ok password=[redacted]"), ("[+]ping ok", "[+]ping ok"),
        ] {
            guard
                case .health(_, let bytes) = Redaction.secrets.message(
                    .health(HealthRecord(), body: Array(body.utf8)))
            else { return }
            #expect(String(decoding: bytes, as: UTF8.self) == wanted)
        }
    }
}
