import ConsoleModel
import Foundation
import Screen
import Testing

@testable import ConsoleViews

/// Every view in every state at three sizes, as text: `Golden/matrix/PLACE-STATE.txt`.
@Suite struct GoldenMatrixTests {
    private static let sizes = [(80, 24), (120, 36), (200, 60)]

    private static let places: [(String, [Action])] =
        ViewID.allCases.map { ($0.word, [.show($0)]) } + [
            ("context", [.show(.sessions), .beginFilter, .insert("ada"), .acceptPrompt, .drill]),
            ("finding", [.show(.findings), .drill]),
        ]

    @Test(arguments: places.map(\.0), StoryState.allCases)
    func aViewLooksAsItDid(_ name: String, _ story: StoryState) throws {
        let actions = Self.places.first { $0.0 == name }?.1 ?? []
        var text = ""
        for (width, height) in Self.sizes {
            var store = story.store(width: width, height: height)
            for action in actions { _ = store.send(action) }
            let frame = render(store.state, width: width, height: height)
            text += "\(width)x\(height)\n"
            for line in frame.lines {
                let end = line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex
                text += "|" + line[..<end] + "\n"
            }
        }
        try expectText(text, "matrix/\(name)-\(story.rawValue)")
    }
}
