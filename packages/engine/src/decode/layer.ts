/** What a header says comes next. Plain integers, so that the walk is one switch. */
export const LAYER_DONE = 0
export const LAYER_ETHERNET = 1
export const LAYER_ETHERTYPE = 2
export const LAYER_LLC = 3
export const LAYER_IP = 4
export const LAYER_IPV4 = 5
export const LAYER_IPV6 = 6
export const LAYER_IP_PROTOCOL = 7
export const LAYER_MPLS = 8
export const LAYER_PPP = 9
export const LAYER_WLAN = 10
export const LAYER_GRE = 11
export const LAYER_ERSPAN = 12
export const LAYER_PPPOE = 13
export const LAYER_ARP = 14
export const LAYER_AGGREGATE = 15
