import ConsoleModel
import Screen

/// What keys do while a line is typed.
enum PromptKeys {
    static func action(for key: Key, _ prompt: Prompt?) -> Action? {
        switch key {
        case .enter: .acceptPrompt
        case .escape, .control("c"): .cancelPrompt
        case .backspace, .control("h"): .deleteBackward
        case .control("w"): .deleteWord
        case .control("u"): .clearPrompt
        case .tab: .completePrompt
        case .backTab: .completePromptBackward
        case .up: .earlierEntry
        case .down: .laterEntry
        case .character(let character): .insert(String(character))
        case .click, .wheel, .function, .left, .right, .pageUp, .pageDown, .home, .end, .delete, .control: nil
        }
    }
}
