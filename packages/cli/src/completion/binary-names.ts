/** Both names that the command is installed under. */
export const binaryNames: readonly string[] = ['pcap-analyzer', 'pcap_analyzer']
