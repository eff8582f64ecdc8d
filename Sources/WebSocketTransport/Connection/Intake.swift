import NIOCore

/// Bytes that arrived and are not parsed yet, and whether the owner wants more.
struct Intake {
    var bytes = ByteBuffer()
    /// The owner is slow: nothing is parsed, nothing is read.
    var isPaused = false
    /// A read the channel asked for and that waits for the owner.
    var isReadHeld = false

    /// Adds what arrived; without a copy when all before it was parsed.
    mutating func append(_ arrived: inout ByteBuffer) {
        if bytes.readableBytes == 0 {
            bytes = arrived
        } else {
            bytes.writeBuffer(&arrived)
        }
    }

    /// Lets go of memory once everything is parsed.
    mutating func releaseIfEmpty() {
        if bytes.readableBytes == 0 { bytes = ByteBuffer() }
    }
}
