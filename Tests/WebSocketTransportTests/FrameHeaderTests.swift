import NIOCore
import Testing

@testable import WebSocketTransport

@Suite struct FrameHeaderTests {
    private func read(
        _ bytes: [UInt8], role: WebSocketRole = .client, isInsideMessage: Bool = false
    ) throws(ProtocolViolation) -> FrameHeader? {
        var buffer = ByteBuffer(bytes: bytes)
        return try FrameHeader.read(from: &buffer, role: role, isInsideMessage: isInsideMessage)
    }

    @Test(
        arguments: [
            ([0x00], 0), ([0x7D], 125), ([0x7E, 0x00, 0x7E], 126), ([0x7E, 0xFF, 0xFF], 65535),
            ([0x7F, 0, 0, 0, 0, 0, 1, 0, 0], 65536), ([0x7E, 0, 5], 5), ([0x7F, 0, 0, 0, 0, 0, 0, 0, 5], 5),
            ([0x7F, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], Int.max),
        ] as [([UInt8], Int)])
    func lengthIsReadInAllThreeForms(_ bytes: [UInt8], _ length: Int) throws {
        #expect(try read([0x82] + bytes)?.length == length)
        for count in bytes.indices { #expect(try read([0x82] + bytes.prefix(count)) == nil) }
    }

    @Test(arguments: [0x80, 0xFF] as [UInt8]) func sixtyFourBitsOfLengthAreRefused(_ first: UInt8) {
        #expect(throws: ProtocolViolation.lengthOutOfRange) {
            try read([0x82, 0x7F, first, 0, 0, 0, 0, 0, 0, 0])
        }
    }

    @Test(arguments: [0x40, 0x20, 0x10, 0x70] as [UInt8])
    func reservedBitFailsAtItsByte(_ bit: UInt8) {
        #expect(throws: ProtocolViolation.reservedBits) { try read([0x81 | bit]) }
    }

    @Test(arguments: 0...15 as ClosedRange<UInt8>)
    func onlyDefinedOpcodesPass(_ opcode: UInt8) throws {
        let isInsideMessage = opcode == 0
        if [0, 1, 2, 8, 9, 10].contains(opcode) {
            let header = try read([0x80 | opcode, 0], isInsideMessage: isInsideMessage)
            #expect(header?.opcode.rawValue == opcode)
        } else {
            #expect(throws: ProtocolViolation.reservedOpcode(opcode)) { try read([0x80 | opcode]) }
        }
    }

    @Test(arguments: [0x8, 0x9, 0xA] as [UInt8])
    func controlFrameIsFinalAndShort(_ opcode: UInt8) throws {
        #expect(try read([0x80 | opcode, 125])?.length == 125)
        #expect(throws: ProtocolViolation.oversizedControlFrame) { try read([0x80 | opcode, 126]) }
        #expect(throws: ProtocolViolation.oversizedControlFrame) { try read([0x80 | opcode, 127]) }
        #expect(throws: ProtocolViolation.fragmentedControlFrame) { try read([opcode]) }
    }

    @Test func fragmentsComeInOrder() throws {
        #expect(throws: ProtocolViolation.continuationWithoutMessage) { try read([0x80, 0]) }
        #expect(try read([0x80, 0], isInsideMessage: true) != nil)
        for opcode in [0x81, 0x01, 0x82, 0x02] as [UInt8] {
            #expect(throws: ProtocolViolation.messageInsideMessage) {
                try read([opcode], isInsideMessage: true)
            }
        }
        #expect(try read([0x89, 0], isInsideMessage: true)?.opcode == .ping)
    }

    @Test func clientsMaskAndServersDoNot() throws {
        #expect(throws: ProtocolViolation.maskedFrame) { try read([0x81, 0x80], role: .client) }
        #expect(throws: ProtocolViolation.unmaskedFrame) { try read([0x81, 0x00], role: .server) }
        let header = try read([0x81, 0x80, 1, 2, 3, 4], role: .server)
        #expect(header?.maskingKey == MaskingKey(bits: 0x0102_0304))
        #expect(try read([0x81, 0x80, 1, 2, 3], role: .server) == nil)
    }

    @Test(arguments: [0, 1, 125, 126, 65535, 65536]) func whatIsWrittenIsRead(_ count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for key in [nil, MaskingKey(bits: 0x37FA_213D)] {
            var buffer = ByteBuffer()
            buffer.writeFrame(.binary, maskingKey: key, length: count) { $0.writeBytes(payload) }
            #expect(
                buffer
                    == FrameBytes(
                        first: 0x82, payload: payload, key: key.map { _ in [0x37, 0xFA, 0x21, 0x3D] }
                    ).buffer)
            let run = ParserRun(buffer, role: key == nil ? .client : .server)
            #expect(run.frames == [.message(.binary(payload))])
        }
    }
}
