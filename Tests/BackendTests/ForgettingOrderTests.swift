import Testing
import WireProtocol

@testable import Backend

@Suite struct ForgettingOrderTests {
    @Test func theOldestOfTheUserWhoHoldsTheMostIsNext() {
        var order = ForgettingOrder()
        #expect(order.next == nil)
        order.append(Owned("1", of: "ada"))
        #expect(order.next == Owned("1", of: "ada"))
        order.append(Owned("1", of: "bob"))
        // Of two users who hold as much, the one with the oldest.
        #expect(order.next == Owned("1", of: "ada"))
        order.append(Owned("2", of: "bob"), weight: 2)
        #expect(order.next == Owned("1", of: "bob"))
        order.remove(Owned("1", of: "bob"))
        #expect(order.next == Owned("2", of: "bob"))
        order.remove(Owned("2", of: "bob"))
        order.remove(Owned("2", of: "bob"))
        #expect(order.count == 1 && order.next == Owned("1", of: "ada"))
    }
}
