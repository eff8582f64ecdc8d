import Hummingbird

extension BackendContext {
    /// What stands for that name in the request's path, decoded; empty when nothing does.
    ///
    /// The router leaves path parameters as they were sent.
    func pathText(_ name: String) -> String { (parameters.get(name) ?? "").removingPercentEncoding }
}

extension String {
    /// The text with `%XX` decoded (RFC 3986 section 2.1); what is not well formed stays as it is.
    var removingPercentEncoding: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
