import Dialects
import Foundation
import WireProtocol

/// Captures and nasty inputs of other people, read where they lie when that folder stands beside the project.
enum SharedFixtures {
    /// The folder beside the project; tests that need it are skipped without it.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared")
        .standardizedFileURL.path

    /// Whether it is here.
    static let areHere = FileManager.default.fileExists(atPath: root + "/fixtures")

    /// The bytes of a file below the folder; empty when it is not there.
    static func bytes(_ path: String) -> [UInt8] {
        FileManager.default.contents(atPath: root + "/" + path).map { [UInt8]($0) } ?? []
    }

    /// The body of a captured HTTP answer.
    static func body(_ path: String) -> [UInt8] {
        let bytes = bytes(path)
        for start in bytes.indices.dropLast(3) {
            if bytes[start...].starts(with: [13, 10, 13, 10]) { return Array(bytes[(start + 4)...]) }
            if bytes[start...].starts(with: [10, 10]) { return Array(bytes[(start + 2)...]) }
        }
        return []
    }

    /// Every file below a folder, sorted by its path.
    static func files(below folder: String) -> [String] {
        let found = FileManager.default.enumerator(atPath: root + "/" + folder)
        return (found?.allObjects as? [String] ?? []).sorted().map { folder + "/" + $0 }.filter { path in
            var isFolder = ObjCBool(false)
            return FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }
}

extension [Message] {
    /// The events in them as `TYPE name`, in order.
    var eventNames: [String] {
        flatMap { message -> [String] in
            guard case .events(let batch) = message else { return [] }
            return batch.events.map { event in
                let name = batch.string(event.name)
                return "\(event.type.wireName)" + (name.isEmpty ? "" : " " + name)
            }
        }
    }

    /// The last snapshot in them.
    var snapshot: BackendSnapshot? {
        for case .snapshot(let snapshot) in reversed() { return snapshot }
        return nil
    }

    /// The last health in them.
    var health: HealthRecord? {
        for case .health(let record, _) in reversed() { return record }
        return nil
    }

    /// The events as JSON.
    var eventJSON: [JSONValue] {
        flatMap { message -> [JSONValue] in
            guard case .events(let batch) = message else { return [] }
            return batch.events.compactMap { batch.json($0.line) }
        }
    }
}
