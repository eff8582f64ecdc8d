import ConsoleClient
import ConsoleModel
import PatternDetection
import Terminal
import WireProtocol

#if canImport(Glibc)
    import Glibc
#endif

extension RunLoop {
    /// Does what the store asks for; true when that is to quit.
    func perform(_ effect: Effect, _ terminal: inout NcursesTerminal) -> Bool {
        switch effect {
        case .quit: return true
        case .copy(let text): copy(text, terminal)
        case .setTheme(let name): setTheme(name, &terminal)
        case .perform(let request): act(request)
        case .remember(let remembered): remember(remembered)
        case .connect(let text): connect(text)
        case .mouse(let isOn): terminal.setMouse(isOn)
        case .writeReport(let path): writeReport(path)
        }
        return false
    }

    /// Says one line in the footer.
    func say(_ text: String, _ severity: Severity = .ok) { _ = store.send(.say(text, severity)) }

    private func copy(_ text: String, _ terminal: borrowing NcursesTerminal) {
        if terminal.copy(SafeText.lines(text)) { return }
        let isTooLong = text.utf8.count > NcursesTerminal.maximumCopiedBytes
        say(
            isTooLong
                ? "too long for a clipboard: \(text.utf8.count) bytes of at most \(NcursesTerminal.maximumCopiedBytes)"
                : "this terminal has no clipboard to give it to (OSC 52)", .warning)
    }

    private func setTheme(_ name: String, _ terminal: inout NcursesTerminal) {
        guard !options.isColourless else { return say("colours are off (NO_COLOR, --no-color)", .notice) }
        do throws(ConfigurationError) {
            terminal.use(try options.themes.theme(named: name))
        } catch { say(error.description, .warning) }
    }

    private func remember(_ remembered: Remembered) {
        memory.remembered = remembered
        guard !memory.save() else { return }
        say(
            "not kept for the next time: \(StandardPaths.state): \(String(cString: strerror(errno)))",
            .warning)
    }

    /// Keeps what is known of each backend for the next console; another one may have written since.
    func noteVisit() {
        var latest = MemoryFile.load()
        latest.openedBefore = latest.openedBefore.adding(1)
        for backend in store.state.backends {
            if let visit = Visit(backend, in: store.state) { latest.visits[backend.url] = visit }
        }
        // There is no screen any more, and nothing is lost but the next greeting.
        _ = latest.save()
    }

    /// Watches one more backend.
    private func connect(_ text: String) {
        do throws(TargetError) {
            let target = try options.target(text)
            guard !targets.contains(target) else { return say("\(target.url) is watched already", .notice) }
            let key = BackendKey(targets.count)
            targets.append(target)
            _ = store.send(.addBackend(key, url: target.url))
            sources.start(target, as: key)
            options.log?.write(.info, "\(target.url): added by :connect")
            say("connecting to \(target.url)", .ok)
        } catch { say(error.description, .warning) }
    }

    private func writeReport(_ path: String) {
        let name = path.isEmpty ? "ctxtop-\(SystemClock.now().rfc3339.prefix(19)).md" : path
        let file = name.replacing(":", with: "")
        let report = CheckReport(store.state, failOn: .warning).text(.markdown)
        guard access(file, F_OK) != 0 else {
            return say("\(file) is there already; give another name", .warning)
        }
        guard TextFile.replace(file, with: report) else {
            return say("cannot write \(file): \(String(cString: strerror(errno)))", .warning)
        }
        say("report written to \(file)", .ok)
    }
}

extension RunLoop {
    /// Has a backend do something, once an audit line of it is written.
    private func act(_ request: ActionRequest) {
        guard options.interface.allowsActions else {
            return answer(request, .failed("actions are off; start with --allow-actions"))
        }
        guard targets.indices.contains(request.backend.rawValue),
            case .backend(let target) = targets[request.backend.rawValue]
        else { return answer(request, .failed("this target is a file")) }
        guard AuditLog.append(request, target.url, nil) else {
            let reason = String(cString: strerror(errno))
            return answer(request, .failed("not done, for it cannot be noted in \(AuditLog.path): \(reason)"))
        }
        let (mailbox, client, log) = (mailbox, options.client(for: target), options.log)
        log?.write(.info, "\(target.url): action: \(request.words)")
        Task.detached {
            let outcome: ActionOutcome
            switch await OperatorRequest.post(request.route, request.body, to: target, client) {
            case .done(let words): outcome = .done(words)
            case .refused(let words): outcome = .refused(words)
            case .failed(let words): outcome = .failed(words)
            }
            _ = AuditLog.append(request, target.url, outcome)
            log?.note(outcome, of: request, target.url)
            mailbox.put(.performed(request, outcome))
        }
    }

    private func answer(_ request: ActionRequest, _ outcome: ActionOutcome) {
        options.log?.note(outcome, of: request, "console")
        _ = store.send(.performed(request, outcome))
    }
}
