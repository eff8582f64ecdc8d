extension TelemetrySDK {
    /// Attributes of `mlflow`: each of its own is a JSON text, so that a kind comes in quotes.
    static let mlflow = TelemetrySDK(
        name: "mlflow", version: "3.17.2", source: "PyPI mlflow-tracing: mlflow/tracing/constant.py",
        prefixes: ["mlflow."], scopes: ["mlflow"],
        kinds: [
            "agent": .agent, "tool": .tool, "llm": .model, "chat_model": .model, "embedding": .embedding,
            "chain": .chain, "task": .chain, "unknown": .chain, "workflow": .workflow, "retriever": .other,
            "parser": .other, "reranker": .other, "memory": .other, "guardrail": .other, "evaluator": .other,
        ],
        isJSON: true,
        names: [
            .kind: ["mlflow.spanType"], .session: ["session.id", "mlflow.trace.session"],
            .user: ["user.id", "mlflow.trace.user"], .model: ["mlflow.llm.model"],
            .provider: ["mlflow.llm.provider"], .usageObject: ["mlflow.chat.tokenUsage"],
            .costObject: ["mlflow.llm.cost"],
        ])
}
