// SPDX-License-Identifier: GPL-2.0-or-later

// A host whose TCP is gVisor's netstack, on the packet socket that it inherits. lab/stacks/__init__.py says what it
// reads and writes.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
	"gvisor.dev/gvisor/pkg/log"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/fdbased"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

const (
	nic      = 1
	mtu      = 1500
	backlog  = 16
	patience = 120 * time.Second
)

type connection struct {
	endpoint tcpip.Endpoint
	queue    *waiter.Queue
	conn     *gonet.TCPConn
}

type host struct {
	stack   *stack.Stack
	address tcpip.Address
	sockets map[string]*connection
}

func main() {
	// The standard error is for the hooks alone.
	log.SetTarget(log.GoogleEmitter{Writer: &log.Writer{Next: io.Discard}})
	descriptor, err := strconv.Atoi(os.Args[1])
	check(err)
	h := &host{address: tcpip.Address(net.ParseIP(os.Args[2]).To4()), sockets: map[string]*connection{}}
	mac, err := net.ParseMAC(os.Args[3])
	check(err)
	peerMAC, err := net.ParseMAC(os.Args[5])
	check(err)
	h.makeStack(descriptor, tcpip.LinkAddress(mac), tcpip.Address(net.ParseIP(os.Args[4]).To4()),
		tcpip.LinkAddress(peerMAC))
	fmt.Println("ok")
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		answer, err := h.command(strings.Fields(input.Text()))
		if err != nil {
			fmt.Println("error", err)
		} else {
			fmt.Println("ok", answer)
		}
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func refuse(err tcpip.Error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s", err)
}

func (h *host) makeStack(descriptor int, mac tcpip.LinkAddress, peer tcpip.Address, peerMAC tcpip.LinkAddress) {
	h.stack = stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, arp.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol},
	})
	check(unix.SetNonblock(descriptor, true))
	link, err := fdbased.New(&fdbased.Options{FDs: []int{descriptor}, MTU: mtu, EthernetHeader: true, Address: mac})
	check(err)
	check(refuse(h.stack.CreateNIC(nic, link)))
	check(refuse(h.stack.AddProtocolAddress(nic, tcpip.ProtocolAddress{
		Protocol:          ipv4.ProtocolNumber,
		AddressWithPrefix: tcpip.AddressWithPrefix{Address: h.address, PrefixLen: 24},
	}, stack.AddressProperties{})))
	h.stack.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: nic}})
	check(refuse(h.stack.AddStaticNeighbor(nic, ipv4.ProtocolNumber, peer, peerMAC)))
	// As runsc has it; and receive buffers as small as the laboratory wants them.
	sack := tcpip.TCPSACKEnabled(true)
	check(refuse(h.stack.SetTransportProtocolOption(tcp.ProtocolNumber, &sack)))
	buffers := tcpip.TCPReceiveBufferSizeRangeOption{Min: 1, Default: tcp.DefaultReceiveBufferSize,
		Max: tcp.MaxBufferSize}
	check(refuse(h.stack.SetTransportProtocolOption(tcp.ProtocolNumber, &buffers)))
}

// command is one line: what to do, with which socket, and with what.
func (h *host) command(words []string) (string, error) {
	number := func(place int) int {
		value, err := strconv.Atoi(words[place])
		check(err)
		return value
	}
	name := words[1]
	if words[0] == "socket" {
		queue := &waiter.Queue{}
		endpoint, err := h.stack.NewEndpoint(tcp.ProtocolNumber, ipv4.ProtocolNumber, queue)
		if err != nil {
			return "", refuse(err)
		}
		endpoint.SocketOptions().SetDelayOption(false)
		h.sockets[name] = &connection{endpoint: endpoint, queue: queue}
		return "", nil
	}
	c := h.sockets[name]
	switch words[0] {
	case "bind":
		return "", refuse(c.endpoint.Bind(tcpip.FullAddress{NIC: nic, Addr: h.address, Port: uint16(number(2))}))
	case "listen":
		return "", refuse(c.endpoint.Listen(backlog))
	case "connect":
		return "", c.connect(tcpip.Address(net.ParseIP(words[2]).To4()), uint16(number(3)))
	case "accept":
		return "", h.accept(c, words[2])
	case "option":
		return "", c.setOption(words[2], number(3))
	case "send":
		_, err := c.conn.Write(make([]byte, number(2)))
		return "", err
	case "receive":
		check(c.conn.SetReadDeadline(time.Now().Add(patience)))
		count, err := c.conn.Read(make([]byte, number(2)))
		if err != nil && err.Error() == "EOF" {
			err = nil
		}
		return strconv.Itoa(count), err
	case "shutdown":
		return "", c.conn.CloseWrite()
	case "close":
		return "", c.conn.Close()
	case "reset":
		c.endpoint.Abort()
		return "", nil
	}
	return "", fmt.Errorf("unknown command %s", words[0])
}

func (c *connection) connect(address tcpip.Address, port uint16) error {
	entry, changed := waiter.NewChannelEntry(waiter.WritableEvents | waiter.EventErr | waiter.EventHUp)
	c.queue.EventRegister(&entry)
	defer c.queue.EventUnregister(&entry)
	err := c.endpoint.Connect(tcpip.FullAddress{NIC: nic, Addr: address, Port: port})
	if _, started := err.(*tcpip.ErrConnectStarted); started {
		<-changed
		err = c.endpoint.LastError()
	}
	c.conn = gonet.NewTCPConn(c.queue, c.endpoint)
	return refuse(err)
}

func (h *host) accept(listener *connection, name string) error {
	entry, changed := waiter.NewChannelEntry(waiter.ReadableEvents)
	listener.queue.EventRegister(&entry)
	defer listener.queue.EventUnregister(&entry)
	for {
		endpoint, queue, err := listener.endpoint.Accept(nil)
		if _, wait := err.(*tcpip.ErrWouldBlock); wait {
			<-changed
			continue
		}
		if err == nil {
			endpoint.SocketOptions().SetDelayOption(false)
			h.sockets[name] = &connection{endpoint, queue, gonet.NewTCPConn(queue, endpoint)}
		}
		return refuse(err)
	}
}

func (c *connection) setOption(name string, value int) error {
	switch name {
	case "keepalive":
		c.endpoint.SocketOptions().SetKeepAlive(value != 0)
		return nil
	case "keepidle":
		option := tcpip.KeepaliveIdleOption(time.Duration(value) * time.Second)
		return refuse(c.endpoint.SetSockOpt(&option))
	case "keepintvl":
		option := tcpip.KeepaliveIntervalOption(time.Duration(value) * time.Second)
		return refuse(c.endpoint.SetSockOpt(&option))
	case "keepcnt":
		return refuse(c.endpoint.SetSockOptInt(tcpip.KeepaliveCountOption, value))
	case "receive_buffer":
		c.endpoint.SocketOptions().SetReceiveBufferSize(int64(value), true)
		return nil
	}
	return fmt.Errorf("unknown option %s", name)
}
