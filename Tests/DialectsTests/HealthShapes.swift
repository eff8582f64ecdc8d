import WireProtocol

/// Bodies made by hand after the shapes that standards and frameworks use.
enum HealthShapes {
    static let all: [HealthExample] = [
        HealthExample(
            "IETF health+json", type: "application/health+json",
            """
            {"status":"warn","version":"1","checks":{"db:responseTime":[{"componentType":"datastore",\
            "observedValue":250,"observedUnit":"ms","status":"warn"}],"uptime":[{"observedValue":12.5}]},
            "links":{"about":"https://example.org"}}
            """, .warn, ["db:responseTime=warn", "uptime=unknown"]),
        HealthExample(
            "IETF: several rows under one key are the worst of them", type: "application/health+json",
            """
            {"status":"pass","checks":{"cpu:load":[{"componentId":"1","status":"pass"},\
            {"componentId":"2","status":"fail","output":"hot"},{"componentId":"3","status":"warn"}]}}
            """, .pass, ["cpu:load=fail"]),
        HealthExample(
            "IETF fails with 400: 4xx says nothing, with the words", http: 400,
            type: "application/health+json",
            "{\"status\":\"fail\",\"output\":\"no disk\"}", .unknown, [],
            reason: "HTTP 400: the body says fail; no disk"),
        HealthExample(
            "Spring Boot 2 and 3", type: "application/vnd.spring-boot.actuator.v3+json",
            """
            {"status":"UP","groups":["liveness","readiness"],"components":{"db":{"status":"UP","details":\
            {"database":"PostgreSQL","validationQuery":"isValid()"}},"diskSpace":{"status":"UP","details":\
            {"total":499963174912,"free":1343094,"exists":true}},"broker":{"status":"OUT_OF_SERVICE",\
            "components":{"a":{"status":"UP"},"b":{"status":"DOWN"}}}}}
            """, .pass, ["db=pass", "diskSpace=pass", "broker=fail", "broker/a=pass", "broker/b=fail"]),
        HealthExample(
            "Spring Boot 2.1: components under details", http: 503,
            "{\"status\":\"DOWN\",\"details\":{\"db\":{\"status\":\"DOWN\",\"details\":{\"error\":\"timeout\"}}}}",
            .fail,
            ["db=fail"]),
        HealthExample(
            "Spring Boot 1: flat",
            "{\"status\":\"UP\",\"diskSpace\":{\"status\":\"UP\",\"free\":7},\"db\":{\"status\":\"DOWN\"}}",
            .pass, ["diskSpace=pass", "db=fail"]),
        HealthExample("Spring UNKNOWN", "{\"status\":\"UNKNOWN\"}", .unknown, [], reason: "UNKNOWN"),
        HealthExample(
            "Kubernetes verbose", type: "text/plain", "[+]ping ok\n[+]etcd ok\nreadyz check passed\n", .pass,
            ["ping=pass", "etcd=pass"]),
        HealthExample(
            "Kubernetes verbose, failed, CRLF", http: 500, type: "text/plain",
            "[+]ping ok\r\n[-]etcd failed: reason withheld\r\nlivez check failed\r\n", .fail,
            ["ping=pass", "etcd=fail"]),
        HealthExample("Kubernetes plain", type: "text/plain", "ok", .pass, []),
        HealthExample(
            "django-watchman: lists of parts under their names",
            "{\"caches\":[{\"main\":{\"ok\":true}}],\"stores\":[{\"main\":{\"ok\":false,\"error\":\"gone\"}}]}",
            .fail,
            ["caches/main=pass", "stores/main=fail"], reason: "stores/main: gone"),
        HealthExample("ASP.NET plain", type: "text/plain", "Degraded", .warn, []),
        HealthExample("ASP.NET plain, failing", http: 503, type: "text/plain", "Unhealthy", .fail, []),
        HealthExample(
            "ASP.NET UI writer", http: 503,
            """
            {"status":"Unhealthy","totalDuration":"00:00:00.05","entries":{"sql":{"data":{},"description":"no route",\
            "duration":"00:00:00.04","exception":"SocketException","status":"Unhealthy","tags":["db"]},\
            "self":{"data":{"queue":3},"duration":"00:00:00.01","status":"Healthy"}}}
            """, .fail, ["sql=fail", "self=pass"]),
        HealthExample(
            "MicroProfile",
            "{\"status\":\"UP\",\"checks\":[{\"name\":\"db\",\"status\":\"UP\",\"data\":{\"n\":1}},{\"name\":\"q\",\"status\":\"DOWN\"}]}",
            .pass, ["db=pass", "q=fail"]),
        HealthExample(
            "Docker",
            "{\"Status\":\"starting\",\"FailingStreak\":0,\"Log\":[{\"ExitCode\":0,\"Output\":\"ok\"}]}",
            .unknown, []),
        HealthExample(
            "Consul",
            """
            [{"Node":"n1","CheckID":"serfHealth","Name":"Serf","Status":"passing","Output":"alive"},\
            {"Node":"n1","CheckID":"service:web","Status":"warning"},\
            {"Node":"n2","CheckID":"serfHealth","Name":"Serf","Status":"critical"}]
            """, .fail, ["Serf=pass", "service:web=warn", "Serf#2=fail"]),
        HealthExample("gRPC over JSON", "{\"status\":\"SERVING\"}", .pass, [], reason: ""),
        HealthExample(
            "gRPC over JSON, not serving", "{\"status\":\"NOT_SERVING\"}", .fail, [], reason: "HTTP 200"),
        HealthExample(
            "Terminus", http: 503,
            """
            {"status":"error","info":{"db":{"status":"up"}},"error":{"redis":{"status":"down","message":"refused"}},\
            "details":{"db":{"status":"up"},"redis":{"status":"down","message":"refused"}}}
            """, .fail, ["db=pass", "redis=fail"]),
        HealthExample(
            "Terminus without details", http: 503,
            "{\"status\":\"error\",\"info\":{\"db\":{\"status\":\"up\"}},\"error\":{\"redis\":{\"status\":\"down\"}},\"details\":{}}",
            .fail, ["db=pass", "redis=fail"]),
        HealthExample(
            "Prometheus", type: "text/plain; charset=utf-8", "Prometheus Server is Ready.\n", .pass, []),
        HealthExample(
            "Prometheus, not ready", http: 503, type: "text/plain", "Service Unavailable\n", .fail, [],
            reason: "Unavailable"),
        HealthExample("etcd 3.4: JSON as text", type: "text/plain", "{\"health\":\"true\"}", .pass, []),
        HealthExample(
            "etcd 3.4, failing", http: 503, type: "text/plain", "{\"health\":\"false\"}", .fail, []),
        HealthExample("influx: nothing", http: 204, "", .pass, [], reason: ""),
        HealthExample(
            "fastapi-health: a flat map of anything", "{\"database\":\"online\",\"queue\":true}", .pass,
            [], reason: ""),
        HealthExample(
            "fastapi-health, failing", http: 503, "{\"database\":\"online\"}", .fail, [], reason: "HTTP 503"),
        HealthExample(
            "fastapi-healthcheck", http: 500,
            """
            {"status":"Unhealthy","totalTimeTaken":"0:00:00.0001","entities":[{"alias":"db","status":"Healthy",\
            "tags":["t"]},{"alias":"dispatcher","status":"Unhealthy","tags":[]}]}
            """, .fail, ["db=pass", "dispatcher=fail"]),
        HealthExample(
            "fastapi-healthchecks",
            "{\"healthy\":true,\"checks\":[{\"name\":\"db\",\"passed\":true,\"details\":{}},{\"name\":\"db\",\"passed\":false}]}",
            .pass, ["db=pass", "db#2=fail"]),
        HealthExample(
            "py-healthcheck", http: 500,
            """
            {"hostname":"h","status":"failure","timestamp":1.5,"results":[{"checker":"ping","output":"pong",\
            "passed":true,"expires":2.5},{"checker":"ping","output":"no","passed":false}]}
            """, .fail, ["ping=pass", "ping#2=fail"]),
        HealthExample(
            "flask-healthz: problem+json when well", type: "application/problem+json",
            "{\"status\":200,\"title\":\"OK\"}",
            .pass, [], reason: ""),
        HealthExample(
            "flask-healthz, failing", http: 503, type: "application/problem+json",
            "{\"status\":503,\"title\":\"no dispatcher\"}", .fail, [], reason: "no dispatcher"),
        HealthExample(
            "django-health-check", http: 500,
            "{\"Cache(alias='default')\":\"OK\",\"Database\":\"unavailable: gone\"}",
            .fail, ["Cache(alias='default')=pass", "Database=unknown"],
            reason: "Database: unavailable: gone"),
        HealthExample("LangGraph /ok", "{\"ok\":true,\"services\":{}}", .pass, [], reason: ""),
        HealthExample("agno", "{\"status\":\"ok\",\"instantiated_at\":\"2026-11-23T00:00:00Z\"}", .pass, []),
        HealthExample("ag-ui-langgraph", "{\"status\":\"ok\",\"agent\":{\"name\":\"planner\"}}", .pass, []),
        HealthExample("LiteLLM liveliness: a JSON string", "\"I'm alive!\"", .pass, []),
        HealthExample("LiteLLM readiness", "{\"status\":\"healthy\",\"db\":\"Not connected\"}", .pass),
        HealthExample(
            "LiteLLM endpoints, all bad but 200",
            "{\"healthy_endpoints\":[],\"unhealthy_endpoints\":[{\"model\":\"m\"},{\"model\":\"m\"}],\"healthy_count\":0}",
            .fail, ["m=fail", "m#2=fail"], reason: "HTTP 200 but the body says fail; m, and 1 more"),
        HealthExample(
            "LiteLLM endpoints, one bad",
            "{\"healthy_endpoints\":[{\"model\":\"a\"}],\"unhealthy_endpoints\":[{\"model\":\"b\",\"error\":\"refused\\nTraceback\"}]}",
            .fail, ["a=pass", "b=fail"], reason: "b: refused"),
        HealthExample(
            "a mixed map of words and objects",
            "{\"status\":\"degraded\",\"components\":{\"database\":\"healthy\",\"bridge\":{\"status\":\"unavailable\",\"error\":\"not set\"}}}",
            .warn, ["database=pass", "bridge=unknown"]),
        HealthExample(
            "services as words", "{\"services\":{\"a\":\"up\",\"b\":\"down\"}}", .fail, ["a=pass", "b=fail"]),
        HealthExample(
            "keys in any case", "{\"Status\":\"UP\",\"Components\":{\"Db\":{\"STATUS\":\"Down\"}}}", .pass,
            ["Db=fail"]),
        HealthExample(
            "an object in FastAPI's detail", http: 503,
            "{\"detail\":{\"status\":\"unhealthy\",\"checks\":{\"redis\":{\"status\":\"failed\"}}}}", .fail,
            ["redis=fail"]),
    ]

    static let rules: [HealthExample] = [
        HealthExample("401", http: 401, "{\"status\":\"ok\"}", .unknown, reason: "401"),
        HealthExample("403", http: 403, "{\"status\":\"ok\"}", .unknown, reason: "403"),
        HealthExample("404", http: 404, "Not Found", .unknown, reason: "404"),
        HealthExample("429", http: 429, "slow down", .unknown, reason: "429"),
        HealthExample(
            "truncated JSON", "{\"status\":\"pass\",\"checks\":{", .unknown, reason: "not valid JSON"),
        HealthExample(
            "JSON with something behind", "{\"status\":\"pass\"} x", .unknown, reason: "not valid JSON"),
        HealthExample("500 with plain text", http: 500, type: "text/plain", "boom\n", .fail, reason: "boom"),
        HealthExample("text without a known word", type: "text/plain", "hello world", .pass),
        HealthExample(
            "200 with an error text", "{\"error\":\"no database\"}", .fail,
            reason: "HTTP 200 but the body says fail; no database"),
        HealthExample(
            "200 with an error object", "{\"error\":{\"code\":500,\"message\":\"no database\"}}", .fail,
            reason: "no database"),
        HealthExample(
            "200 with a list of errors", "{\"errors\":[{\"message\":\"gone\"}]}", .fail, reason: "gone"),
        HealthExample("no error is none", "{\"ok\":true,\"error\":null}", .pass, reason: ""),
        HealthExample(
            "503 that says ok", http: 503, "{\"status\":\"ok\"}", .fail,
            reason: "HTTP 503 but the body says pass"),
        HealthExample(
            "200 that says down", "{\"status\":\"down\"}", .fail, reason: "HTTP 200 but the body says fail"),
        HealthExample("unknown word", "{\"status\":\"starting\"}", .unknown, reason: "starting"),
        HealthExample("numeric status", "{\"status\":503}", .fail),
        HealthExample(
            "a number elsewhere is no status", "{\"health\":404,\"checks\":{\"queue\":500}}", .pass,
            ["queue=unknown"]),
        HealthExample(
            "parts do not count beside a status", "{\"status\":\"ok\",\"checks\":{\"a\":\"down\"}}", .pass,
            ["a=fail"]),
        HealthExample("known parts count without one", "{\"checks\":{\"a\":\"warn\",\"b\":\"ok\"}}", .warn),
        HealthExample(
            "unknown parts never do", "{\"checks\":{\"a\":\"ok\",\"b\":\"???\"}}", .pass,
            ["a=pass", "b=unknown"]),
        HealthExample(
            "the bad parts are named", http: 503,
            "{\"status\":\"fail\",\"checks\":[{\"name\":\"a\",\"status\":\"ok\"},{\"name\":\"b\",\"status\":\"down\",\"output\":\"gone\"}]}",
            .fail, reason: "b: gone"),
        HealthExample(
            "parts that are well do not contradict what nobody can read", http: 500,
            "{\"a\":\"ok\",\"b\":\"Unavailable: gone\"}", .fail, reason: "b: Unavailable: gone"),
        HealthExample("only unknown parts: HTTP decides", http: 500, "{\"checks\":{\"b\":\"???\"}}", .fail),
        HealthExample(
            "an empty place is none", "{\"checks\":{},\"services\":{\"a\":\"up\"}}", .pass, ["a=pass"]),
        HealthExample(
            "repeated names are told apart",
            "{\"checks\":[{\"name\":\"a\",\"status\":\"ok\"},{\"name\":\"a\",\"status\":\"ok\"},{\"name\":\"a#2\",\"status\":\"ok\"}]}",
            .pass, ["a=pass", "a#3=pass", "a#2=pass"]),
        HealthExample("a JSON sentence", "\"the server is not ready\"", .fail),
        HealthExample("a negated complaint", type: "text/plain", "no error, all healthy", .pass),
        HealthExample("a JSON null", "null", .unknown, reason: "null"),
        HealthExample("a JSON truth value", "false", .fail),
        HealthExample(
            "a type of HTML says nothing", type: "text/html; charset=utf-8", "OK", .pass, reason: "OK"),
        HealthExample(
            "a type of HTML with a bad word", http: 503, type: "text/html", "not ready", .fail,
            reason: "HTTP 503: not ready"),
        HealthExample(
            "JSON under a type of HTML", type: "text/html", "{\"status\":\"fail\",\"output\":\"queue\"}",
            .fail,
            reason: "queue"),
        HealthExample(
            "a page", type: "text/html", " \n<!DOCTYPE html><title>Shop</title>", .unknown,
            reason: "a page titled \"Shop\""),
        HealthExample(
            "a page behind a comment", "<!-- (c) 2026 --><html><h1>It works</h1></html>", .unknown,
            reason: "HTML"),
        HealthExample(
            "the page of a gateway", http: 502, type: "text/html",
            "<html><head><title>502 Bad Gateway</title></head><body><center>gw/1.0</center></body></html>",
            .fail,
            reason: "HTTP 502: HTML: a page titled \"502 Bad Gateway\""),
        HealthExample(
            "a piece of HTML", type: "text/html", "<h1>Service <b>OK</b></h1>", .pass, reason: "OK"),
        HealthExample("a bad piece of HTML", type: "text/html", "<p>queue: failed</p>", .fail),
        HealthExample(
            "XML", "<?xml version=\"1.0\"?><health><status>UP</status></health>", .unknown,
            reason: "XML (<health>)"),
        HealthExample(
            "RSS", "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"></rss>", .unknown, reason: "an RSS feed"),
        HealthExample("Atom", "<feed xmlns=\"x\"/>", .unknown, reason: "an Atom feed"),
        HealthExample("PRTG in XML", "<prtg><error>0</error></prtg>", .unknown, reason: "PRTG"),
        HealthExample(
            "PRTG in JSON",
            "{\"prtg\":{\"error\":0,\"text\":\"\",\"result\":[{\"channel\":\"a\",\"value\":1}]}}", .pass),
        HealthExample(
            "PRTG in JSON, failing", "{\"prtg\":{\"error\":1,\"text\":\"no route\"}}", .fail,
            reason: "no route"),
        HealthExample(
            "Vapor's error", http: 500, "{\"error\":true,\"reason\":\"db gone\"}", .fail,
            reason: "HTTP 500: db gone"),
        HealthExample(
            "RabbitMQ", http: 503, "{\"status\":\"failed\",\"reason\":\"No listener\",\"missing\":7}", .fail,
            reason: "HTTP 503: No listener"),
        HealthExample(
            "Elasticsearch", "{\"cluster_name\":\"c\",\"status\":\"yellow\"}", .unknown, reason: "yellow"),
        HealthExample(
            "Vault", "{\"initialized\":true,\"sealed\":false,\"standby\":false,\"version\":\"1\"}", .pass, []),
        HealthExample(
            "Vault, standby", http: 429, "{\"sealed\":false,\"standby\":true}", .unknown, reason: "429"),
        HealthExample(
            "Chroma's parts", "{\"is_executor_ready\":true,\"is_log_ready\":false}", .fail,
            ["is_executor_ready=pass", "is_log_ready=fail"]),
        HealthExample(
            "Grafana", "{\"commit\":\"c0\",\"database\":\"ok\",\"version\":\"11\"}", .pass, ["database=pass"]),
        HealthExample(
            "Nomad",
            "{\"client\":{\"ok\":true,\"message\":\"ok\"},\"server\":{\"ok\":false,\"message\":\"no leader\"}}",
            .fail, ["client=pass", "server=fail"], reason: "server: no leader"),
        HealthExample(
            "parts two levels down",
            "{\"databases\":{\"pg\":{\"status\":\"up\"},\"redis\":{\"status\":\"down\",\"error\":\"refused\"}}}",
            .fail,
            ["databases/pg=pass", "databases/redis=fail"], reason: "databases/redis: refused"),
        HealthExample(
            "probes in a list", http: 503,
            "{\"status\":\"unhealthy\",\"probes\":[{\"name\":\"a\",\"status\":\"healthy\"},{\"name\":\"b\",\"status\":\"unhealthy\",\"error\":\"timed out\"}]}",
            .fail, ["a=pass", "b=fail"], reason: "HTTP 503: b: timed out"),
        HealthExample(
            "Spring's details", http: 503,
            "{\"status\":\"DOWN\",\"components\":{\"db\":{\"status\":\"DOWN\",\"details\":{\"error\":\"timeout\"}}}}",
            .fail,
            ["db=fail"], reason: "db: timeout"),
        HealthExample(
            "details as a text", http: 503,
            "{\"healthy\":false,\"checks\":[{\"name\":\"q\",\"passed\":false,\"details\":\"no worker\"}]}",
            .fail,
            ["q=fail"], reason: "HTTP 503: q: no worker"),
        HealthExample("a status with a sign", "{\"status\":\"Up!\",\"parts\":[1]}", .pass, reason: ""),
        HealthExample("a status of two words", "{\"status\":\"Not OK\"}", .fail),
        HealthExample("a state inside the status", "{\"status\":{\"overall\":\"ok\"}}", .pass),
        HealthExample("an uptime under `up`", "{\"up\":\"3 days\",\"status\":\"ok\"}", .pass),
        HealthExample("MongoDB", "{\"ok\":0,\"errmsg\":\"not primary\"}", .fail),
        HealthExample(
            "a document about something else",
            "{\"ui\":{\"name\":\"x\",\"open\":false},\"threads\":true,\"readme\":\"Welcome. Down the page is more.\"}",
            .unknown, [], reason: "says nothing about health"),
        HealthExample(
            "measurements alone", "{\"connections\":0,\"kernels\":0,\"started\":\"2026-01-01\"}", .pass, []),
        HealthExample("a list of something else", "[{\"address\":\"a:1\",\"fails\":0}]", .unknown, []),
        HealthExample(
            "a level is a setting", "{\"log_level\":\"error\",\"database\":\"ok\"}", .pass, ["database=pass"]),
        HealthExample("an error of nothing", "{\"status\":\"ok\",\"error\":\"none\"}", .pass, reason: ""),
        HealthExample("errors counted", "{\"errors\":0}", .pass),
        HealthExample(
            "a part of an unknown word is not blamed", http: 503,
            "{\"status\":\"down\",\"checks\":{\"db\":\"online\"}}",
            .fail, ["db=unknown"], reason: "HTTP 503"),
        HealthExample(
            "a metrics page whose help speaks of errors", type: "text/plain",
            "# HELP jobs_failed_total Jobs that failed, error or down\n# TYPE jobs_failed_total counter\njobs_failed_total 4\n",
            .pass, reason: "a metrics page of 1 samples"),
        HealthExample(
            "a metrics page without help", type: "text/plain",
            "jobs_failed_total{queue=\"down\"} 0\nworkers 4\n", .pass,
            [], reason: "a metrics page of 2 samples"),
        HealthExample(
            "a metrics page of something that is down", type: "text/plain",
            "# TYPE cache_up gauge\ncache_up{shard=\"a\"} 1\ncache_up{shard=\"b\"} 0\n", .unknown,
            reason: "cache_up{shard=b} is 0"),
        HealthExample("a text that looks like a sample", type: "text/plain", "OK 1", .pass, reason: "OK 1"),
        HealthExample(
            "nginx's counters", type: "text/plain",
            "Active connections: 1 \n 1 1 1 \nReading: 0 Waiting: 0 \n", .pass),
        HealthExample(
            "a table", type: "text/plain", "name,status,errors,a,b\nx,DOWN,7,1,2\ny,UP,0,1,2\n", .pass,
            reason: "a table"),
        HealthExample(
            "a text with a byte order mark", type: "text/plain", "\u{FEFF}{\"status\":\"down\"}", .fail),
        HealthExample("Envoy", type: "text/plain", "LIVE\n", .pass),
        HealthExample(
            "Loki", http: 503, type: "text/plain", "Ingester not ready: waiting for 15s after being ready\n",
            .fail,
            reason: "HTTP 503: Ingester not ready"),
    ]
}
