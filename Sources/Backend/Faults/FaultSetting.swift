/// A fault that somebody asked for, with its parameter.
public struct FaultSetting: Sendable, CustomStringConvertible {
    /// The fault.
    public let fault: Fault
    /// Its parameter; empty for faults without one.
    public let value: String

    /// A fault of this package's own, for scenarios.
    init(_ fault: Fault, _ value: String = "") {
        self.fault = fault
        self.value = value
    }

    /// Reads `NAME` or `NAME=VALUE`.
    ///
    /// - Parameter needsValue: false where the fault is only named, to switch it off.
    /// - Throws: what is wrong and what can be written instead.
    public init(parsing text: String, needsValue: Bool = true) throws(FaultSettingError) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = sides.first.map(String.init) ?? ""
        guard let fault = Fault.all.first(where: { $0.name == name }) else { throw .unknown(name) }
        let value = sides.count > 1 ? String(sides[1]) : ""
        if fault.parameter == nil, sides.count > 1 { throw .unwantedValue(name) }
        if let parameter = fault.parameter, needsValue, value.isEmpty { throw .missingValue(name, parameter) }
        if !value.isEmpty, !fault.values.contains(value) { throw .unknownValue(name, value) }
        self.fault = fault
        self.value = value
    }

    /// `NAME` or `NAME=VALUE`.
    public var description: String { value.isEmpty ? fault.name : "\(fault.name)=\(value)" }
}

/// Why a fault was refused.
public enum FaultSettingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such fault.
    case unknown(String)
    /// The fault takes no value.
    case unwantedValue(String)
    /// The fault needs a value, which the second word describes.
    case missingValue(String, String)
    /// The fault has no such value.
    case unknownValue(String, String)

    /// What is wrong and what can be written instead.
    public var description: String {
        switch self {
        case .unknown(let name):
            "\"\(name)\" is no fault; write one of "
                + Fault.all.map { $0.name + ($0.parameter.map { "=\($0)" } ?? "") }.joined(separator: ", ")
        case .unwantedValue(let name): "the fault \(name) takes no value"
        case .missingValue(let name, let parameter): "the fault \(name) needs a value: \(name)=\(parameter)"
        case .unknownValue(let name, let value):
            "the fault \(name) knows no \"\(value)\"; write an operator word such as tool_completed or an "
                + "AG-UI type such as TOOL_CALL_RESULT"
        }
    }
}
