import Dialects
import Testing
import WireProtocol

/// Answers with HTTP 200 that say no in a form that is easily taken for a yes, and their opposites.
@Suite struct HealthSaysNoTests {
    static let json: [(String, HealthStatus)] = [
        // Truth values, as themselves, as numbers and in words.
        (#"{"healthy":"No"}"#, .fail), (#"{"healthy":"yes"}"#, .pass), (#"{"ready":0}"#, .fail),
        (#"{"up":0,"host":"a"}"#, .fail), (#"{"up":1}"#, .pass), (#"{"up":8123}"#, .pass),
        (#"{"success":false,"message":"store gone"}"#, .fail), (#"{"live":false}"#, .fail),
        (#"{"readiness":false}"#, .fail), (#"{"isolated":false}"#, .pass), (#"{"sealed":false}"#, .pass),
        // A state that is denied may be a setting.
        (#"{"available":false}"#, .unknown), (#"{"online":false,"host":"a"}"#, .unknown),
        (#"{"available":true}"#, .pass), (#"{"status":"ok","available":false}"#, .pass),
        (#"{"ok":true,"connected":false}"#, .pass), (#"{"available":false,"error":"no disk"}"#, .fail),
        // Bad news that is true, and that is not.
        (#"{"unhealthy":true}"#, .fail), (#"{"unhealthy":false}"#, .pass), (#"{"degraded":true}"#, .warn),
        (#"{"degraded":"false"}"#, .pass), (#"{"failing":true}"#, .fail),
        // A truth value beside a status.
        (#"{"status":"up","ready":false}"#, .fail), (#"{"status":"up","ready":true}"#, .pass),
        (#"{"status":"resting","healthy":false}"#, .fail), (#"{"status":"resting","ok":true}"#, .unknown),
        (#"{"status":"ok","degraded":true}"#, .warn),
        // HTTP statuses in the body.
        (#"{"statusCode":503,"message":"Service Unavailable"}"#, .fail), (#"{"statusCode":200}"#, .pass),
        (#"{"code":502,"message":"bad gateway"}"#, .fail), (#"{"code":"500"}"#, .fail),
        (#"{"code":7}"#, .pass), (#"{"status":"ok","code":404}"#, .pass),
        (#"{"status":"504 Gateway Timeout"}"#, .fail), (#"{"status":"503"}"#, .fail),
        (#"{"status":"200 OK"}"#, .pass), (#"{"status":"200"}"#, .pass),
        // Lists and maps of states.
        (#"["up","down"]"#, .fail), (#"["up","ok"]"#, .pass), (#"["a","b","error"]"#, .pass),
        (#"{"store":"disconnected"}"#, .fail), (#"{"store":"unreachable","cache":"ok"}"#, .fail),
        (#"{"store":"unreachable"}"#, .fail), (#"{"store":"not connected"}"#, .fail),
        (#"{"commit":"f00","database":"failing","version":"9"}"#, .fail), (#"{"queue":"errors"}"#, .fail),
        (#"{"queue":"passed"}"#, .pass), (#"{"color":"red","name":"a"}"#, .pass),
        (#"{"components":[{"name":"a","health":"failing"}]}"#, .fail),
        (#"{"dependencies":[{"name":"store","status":"down"}]}"#, .fail),
        (#"{"dependencies":{"store":"down","mail":"up"}}"#, .fail),
        (#"{"dependencies":{"libfoo":"1.2.3"}}"#, .unknown),
        // Lists of parts under their names, as django-watchman writes them; a history is not one.
        (#"{"stores":[{"main":{"ok":true}}],"queues":[{"jobs":{"ok":false,"error":"gone"}}]}"#, .fail),
        (#"{"stores":[{"main":{"ok":true}},{"spare":{"ok":true}}]}"#, .pass),
        (#"{"stores":[{"main":{"ok":true}},{"size":7}]}"#, .unknown),
        (#"{"status":"ok","jobs":[{"id":1,"status":"failed"}]}"#, .pass),
        // Words of Elasticsearch, SonarQube, the OpenTelemetry Collector and Envoy.
        (#"{"cluster_name":"c","status":"green"}"#, .unknown), (#"{"status":"yellow"}"#, .unknown),
        (#"{"health":"RED","causes":[]}"#, .unknown), (#"{"status":"Server available"}"#, .pass),
        (#"{"status":"Server not available"}"#, .fail), (#"{"healthy":true,"status":"StatusOK"}"#, .pass),
        (#"{"status":"StatusRecoverableError"}"#, .warn), (#"{"status":"StatusPermanentError"}"#, .fail),
        (#"{"state":"LIVE"}"#, .pass), (#"{"state":"DRAINING"}"#, .unknown),
        (#"{"status":"NotReady"}"#, .fail), (#"{"status":"OutOfService"}"#, .fail),
    ]

    @Test(arguments: json) func aDocumentIsReadForWhatItSays(_ body: String, _ expected: HealthStatus) {
        let record = HealthExample("", body, expected).record
        #expect(record.status == expected, "\(record.reason ?? "no reason")")
    }

    static let texts: [(String, HealthStatus)] = [
        // None that is well is bad.
        ("healthy: 0", .fail), ("up=0", .fail), ("0 ready", .fail), ("0 healthy upstreams", .fail),
        ("healthy nodes: 0", .fail), ("ready: none", .fail), ("healthy: 0\nready: 0", .fail),
        ("0% healthy", .fail), ("50% healthy", .warn), ("healthy: 100%", .pass), ("disk 90% ok", .pass),
        ("none of the workers are up", .fail), ("0 of the 4 workers are up", .fail),
        ("2 of the 4 workers are up", .warn), ("none of the checks failed", .pass),
        ("NotReady", .fail), ("pod is NotReady", .fail), ("Service unavailable", .fail),
        ("available: no", .fail), ("last check failed", .fail), ("last startup error: none", .pass),
        ("store: disconnected", .fail), ("4 clients disconnected", .pass),
        // None that is bad is nothing.
        ("failed checks: 0, passed checks: 7", .pass), ("failed checks: 2, passed checks: 7", .fail),
        ("unhealthy worker nodes: 0", .pass), ("unreachable replicas: 1", .fail), ("errors: []", .pass),
        ("errors: [\"lost\"]", .fail), ("degraded services: none", .pass),
        ("Neither errors nor warnings", .pass), ("neither store nor cache is ready", .fail),
        ("no errors or warnings", .pass), ("0 errors or warnings", .pass),
        ("no errors but cache failed", .fail), ("health check failed 0 times", .pass),
        ("health check failed 4 times", .fail), ("recovered from failure", .pass),
        ("recovered but cache failed", .fail), ("not recovered from failure", .pass),
        ("OK: 0 failed", .pass), ("OK: 3 failed", .fail), ("failed: 0\npassed: 7", .pass),
        // Numbers that count something else.
        ("up 0:05", .pass), ("up 0 days", .pass), ("code=0 ok", .pass), ("0 OK", .pass),
        ("worker 0 ready", .pass), ("0 errors ready", .pass), ("0 passed", .pass),
    ]

    @Test(arguments: texts) func aTextIsReadForWhatItSays(_ text: String, _ expected: HealthStatus) {
        let record = HealthExample("", type: "text/plain", text, expected).record
        #expect(record.status == expected, "\(record.reason ?? "no reason")")
    }

    static let bytes: [([UInt8], String)] = [
        ([0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 3], "gzip"), (Array("ok\0".utf8), "not text"),
        (Array("ok \u{7} ok".utf8), "not text"), ([0x6F, 0x6B, 0x20, 0xFF, 0xFE], "not text"),
        ([0xFF, 0xFE, 0x6F, 0, 0x6B, 0], "not text"), (Array("<p>ok\u{1}</p>".utf8), "not text"),
        (Array("{\"status\":\"ok\"}".utf8) + [0], "not text"),
    ]

    @Test(arguments: bytes) func bytesThatAreNoTextAreUnknown(_ body: [UInt8], _ reason: String) {
        let record = HealthNormalizer.read(
            HealthAnswerDocument(status: 200, contentType: "text/plain", body: body))
        #expect(record.status == .unknown)
        #expect(record.reason?.contains(reason) == true)
        #expect(record.reason?.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{FFFD}" } == true)
    }

    @Test func theHintDoesNotGuessWhatAWordMeans() {
        let reason = HealthExample("", #"{"status":"kaput"}"#, .unknown).record.reason
        #expect(reason?.contains(#"[health.words] kaput = "pass", "warn" or "fail""#) == true)
    }
}
