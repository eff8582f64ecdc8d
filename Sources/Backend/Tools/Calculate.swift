import WireProtocol

/// Arithmetic with + - * / and parentheses on decimal numbers.
struct Calculate: Tool {
    static let name = "calculate"
    static let summary = "Adds, subtracts, multiplies and divides decimal numbers."
    static let schema: JSONValue = [
        "type": "object", "required": ["expression"], "additionalProperties": false,
        "properties": ["expression": ["type": "string", "minLength": 1, "maxLength": 1000]],
    ]

    init(_ context: ToolContext) {}

    func call(_ arguments: JSONObject) async throws(ToolError) -> ToolOutput {
        guard let expression = arguments.string("expression"), expression.utf8.count <= 1000 else {
            throw .badArguments("expression: a text of at most 1,000 bytes")
        }
        var parser = Arithmetic(expression)
        let value = try parser.whole()
        return ToolOutput(
            value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value))
    }
}

/// A recursive-descent parser: sum = product ((+|-) product)*, product = factor ((*|/) factor)*.
private struct Arithmetic {
    private let characters: [Character]
    private var index = 0
    private var depth = 0

    init(_ text: String) { characters = text.filter { !$0.isWhitespace } }

    mutating func whole() throws(ToolError) -> Double {
        let value = try sum()
        guard index == characters.count else { throw .badArguments("unexpected \"\(characters[index])\"") }
        return value
    }

    private mutating func take(_ wanted: String) -> Character? {
        guard index < characters.count, wanted.contains(characters[index]) else { return nil }
        defer { index += 1 }
        return characters[index]
    }

    private mutating func sum() throws(ToolError) -> Double {
        var value = try product()
        while let sign = take("+-") { value += try product() * (sign == "+" ? 1 : -1) }
        return value
    }

    private mutating func product() throws(ToolError) -> Double {
        var value = try factor()
        while let sign = take("*/") {
            let next = try factor()
            if sign == "/", next == 0 { throw .failed("division by zero") }
            value = sign == "*" ? value * next : value / next
        }
        return value
    }

    private mutating func factor() throws(ToolError) -> Double {
        if take("-") != nil { return try -factor() }
        if take("(") != nil {
            depth += 1
            guard depth < 100 else { throw .badArguments("parentheses nested deeper than 100") }
            let value = try sum()
            depth -= 1
            guard take(")") != nil else { throw .badArguments("missing )") }
            return value
        }
        var digits = ""
        while let digit = take("0123456789.") { digits.append(digit) }
        guard let value = Double(digits) else { throw .badArguments("a number is missing") }
        return value
    }
}
