import ConsoleClient
import Dialects
import WireProtocol

extension ConfigurationFile {
    /// `[targets.NAME]`: a backend by name, and how it is asked.
    mutating func takeTarget(_ name: String, _ section: TOMLReader) throws(ConfigurationError) {
        var target: BackendTarget?
        var access = TargetAccess(client: ClientOptions(), dialect: nil)
        for (key, value) in try section.entries() {
            if key == "insecure" {
                access.client.acceptsAnyCertificate = try value.bool()
                note(["targets", name, key], "\(access.client.acceptsAnyCertificate)")
                continue
            }
            if key == "users" {
                access.client.users = try value.strings()
                let names = access.client.users.map(ConfigurationOrigins.quoted)
                note(["targets", name, key], "[" + names.joined(separator: ", ") + "]")
                continue
            }
            let text = try value.string()
            note(["targets", name, key], ConfigurationOrigins.quoted(text))
            switch key {
            case "url":
                do throws(TargetError) { target = try BackendTarget(text) } catch {
                    throw value.mistake(error.description)
                }
            case "token-file":
                guard access.client.useToken(ofFile: try contents(of: text, value)) else {
                    throw value.mistake("\(text) has no token; write a line TOKEN NAME read")
                }
            case "header-file":
                guard access.client.addHeaders(ofFile: try contents(of: text, value)) else {
                    throw value.mistake("\(text): write lines NAME: VALUE")
                }
            case "ca-file": access.client.certificateAuthorities = path(text)
            case "dialect":
                guard let dialect = Dialect.all.first(where: { $0.name == text }) else {
                    throw value.mistake(
                        "there is no dialect \"\(text)\"; there are \(Dialect.all.map(\.name).joined(separator: ", "))"
                    )
                }
                access.dialect = dialect
            default:
                throw value.unknown([
                    "ca-file", "dialect", "header-file", "insecure", "token-file", "url", "users",
                ])
            }
        }
        guard let target else { throw section.mistake("has no url") }
        if let other = options.named.first(where: { $0.value.url == target.url && $0.key != name }) {
            throw section.mistake("has the same url as targets.\(other.key)")
        }
        options.named[name] = target
        options.access[target.url] = access
    }

    /// A path as the file means it: `~/` is the home folder, anything relative stands beside the file.
    private func path(_ text: String) -> String {
        if text.hasPrefix("/") { return text }
        if text.hasPrefix("~/") { return (StandardPaths.environment("HOME") ?? "") + text.dropFirst(1) }
        guard let slash = file.lastIndex(of: "/") else { return text }
        return file[...slash] + text
    }

    /// A file of secrets as a whole.
    private func contents(of text: String, _ place: TOMLReader) throws(ConfigurationError) -> String {
        if let refusal = SecretFile.refusal(path(text)) {
            throw ConfigurationError(file, place.key, "\(path(text)): \(refusal)")
        }
        if let contents = TextFile.read(path(text)) { return contents }
        throw ConfigurationError(
            file, place.key, "cannot read \(path(text)); check that it exists and may be read",
            isUnreadable: true)
    }
}

extension ConsoleOptions {
    /// Lays the command line's access over that of the configuration's targets.
    public mutating func coverAccess() {
        for url in access.keys.sorted() {
            guard var own = access[url]?.client else { continue }
            own.timeout = client.timeout
            own.healthWords = client.healthWords
            own.token = client.token ?? own.token
            own.headers += client.headers
            own.certificateAuthorities = client.certificateAuthorities ?? own.certificateAuthorities
            own.acceptsAnyCertificate = client.acceptsAnyCertificate || own.acceptsAnyCertificate
            access[url]?.client = own
        }
    }
}
