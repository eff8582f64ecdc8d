import ConsoleModel
import PatternDetection
import Terminal
import WireProtocol

/// How the configuration is read again.
struct Reloading {
    /// Reads the file, and the command line over it.
    let read: () throws -> ConsoleOptions
    /// Whether the file has changed.
    var watch: ConfigurationWatch
}

extension RunLoop {
    /// Reads the configuration again when its file changed; a bad one changes nothing and is told.
    func followConfiguration(_ terminal: inout NcursesTerminal) {
        guard reloading?.watch.hasChanged() == true, let reloading else { return }
        do { take(try reloading.read(), &terminal) } catch {
            let problem = "\(error)"
            options.log?.write(.warning, "old settings stay: \(problem)")
            say("old settings stay: \(problem)", .warning)
        }
    }

    /// Keys, theme, views and rules hold at once; targets for what is connected from now on.
    private func take(_ changed: ConsoleOptions, _ terminal: inout NcursesTerminal) {
        let before = options
        options.keys = changed.keys
        options.named = changed.named
        options.access = changed.access
        options.themes = changed.themes
        options.bell = changed.bell
        sources.follow(changed)
        if changed.onCritical != before.onCritical {
            options.onCritical = changed.onCritical
            hook?.stop()
            hook = changed.onCritical.map { CommandHook($0) }
        }
        var settings = changed.interface
        // Links that are open stay as they were opened.
        settings.acceptsAnyCertificate =
            store.state.interface.settings.acceptsAnyCertificate || changed.acceptsAnyCertificate
        settings.showsFirstRunHint = store.state.interface.settings.showsFirstRunHint
        if changed.theme == before.theme {
            // A theme that was chosen by T stays.
            settings.theme = store.state.interface.settings.theme
        } else {
            options.theme = changed.theme
            if !options.isColourless { terminal.use(changed.theme) }
        }
        if changed.interface.isMouseOn != before.interface.isMouseOn {
            terminal.setMouse(changed.interface.isMouseOn)
        }
        options.interface = changed.interface
        _ = store.send(.applySettings(settings))
        _ = store.send(
            .applyRules(changed.rules, limits: changed.ruleLimits, expected: changed.expected))
        options.log?.write(.info, "configuration read again")
        say("configuration read again", .ok)
    }

    /// Rings and runs the command for findings that became critical.
    func raiseAlarm(_ terminal: borrowing NcursesTerminal) {
        guard options.bell || hook != nil else { return }
        let known = alarm.known
        let raised = alarm.raised(in: store.state)
        for backend in store.state.backends
        where alarm.known.contains(backend.key) && !known.contains(backend.key) {
            options.log?.write(.info, "critical findings of \(backend.url) raise the alarm from now on")
        }
        guard !raised.isEmpty else { return }
        if options.bell { terminal.ring() }
        guard let hook else { return }
        for record in store.state.findingRecords(raised.map(\.finding)) {
            options.log?.write(.info, "on-critical: \(record.id)")
            let (mailbox, log) = (mailbox, options.log)
            hook.run(record) { problem in
                log?.write(.warning, problem)
                mailbox.put(.say(problem, .warning))
            }
        }
    }
}
